import type { Route } from "../define-route.ts";
import { deleteAdjustmentRoute } from "./invoices/delete-adjustment.ts";
import { getAdjustmentsRoute } from "./invoices/get-adjustments.ts";
import { getDispatchesRoute } from "./invoices/get-dispatches.ts";
import { postAdjustmentRoute } from "./invoices/post-adjustment.ts";
import { postPreviewRoute } from "./invoices/post-preview.ts";
import { postResendRoute } from "./invoices/post-resend.ts";
import { postSendReceiptRoute } from "./invoices/post-send-receipt.ts";
import { getPaymentRoute } from "./payments/get-payment.ts";
import { getPaymentsRoute } from "./payments/get-payments.ts";
import { postPaymentRoute } from "./payments/post-payment.ts";
import { postRefundRoute } from "./payments/post-refund.ts";
import { getRefundsRoute } from "./refunds/get-refunds.ts";

/** Money in and out, whatever invoice it was for; and what goes to clients about invoices and payments. */
export const paymentRoutes: readonly Route[] = [
  getPaymentsRoute,
  postPaymentRoute,
  getPaymentRoute,
  postRefundRoute,
  getRefundsRoute,
  postSendReceiptRoute,
  getAdjustmentsRoute,
  postAdjustmentRoute,
  deleteAdjustmentRoute,
  postPreviewRoute,
  getDispatchesRoute,
  postResendRoute,
];
