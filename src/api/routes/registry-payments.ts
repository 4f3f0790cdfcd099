import type { Route } from "../define-route.ts";
import { deleteArtifactRoute } from "./invoices/delete-artifact.ts";
import { deleteAdjustmentRoute } from "./invoices/delete-adjustment.ts";
import { getAdjustmentsRoute } from "./invoices/get-adjustments.ts";
import { getArtifactDownloadRoute } from "./invoices/get-artifact-download.ts";
import { getArtifactsRoute } from "./invoices/get-artifacts.ts";
import { getDispatchesRoute } from "./invoices/get-dispatches.ts";
import { postAdjustmentRoute } from "./invoices/post-adjustment.ts";
import { postArtifactRoute } from "./invoices/post-artifact.ts";
import { postPreviewRoute } from "./invoices/post-preview.ts";
import { postResendRoute } from "./invoices/post-resend.ts";
import { postSendReceiptRoute } from "./invoices/post-send-receipt.ts";
import { getPaymentRoute } from "./payments/get-payment.ts";
import { getPaymentsRoute } from "./payments/get-payments.ts";
import { postPaymentRoute } from "./payments/post-payment.ts";
import { postRefundRoute } from "./payments/post-refund.ts";
import { getRefundsRoute } from "./refunds/get-refunds.ts";

/** Money in and out, whatever invoice it was for; what belongs to an invoice beside its lines; what is sent. */
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
  getArtifactsRoute,
  postArtifactRoute,
  getArtifactDownloadRoute,
  deleteArtifactRoute,
  postPreviewRoute,
  getDispatchesRoute,
  postResendRoute,
];
