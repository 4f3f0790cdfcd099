import type { Route } from "../define-route.ts";
import { deleteInvoiceRoute } from "./invoices/delete-invoice.ts";
import { deleteLineItemRoute } from "./invoices/delete-line-item.ts";
import { deleteInvoicePaymentRoute } from "./invoices/delete-payment.ts";
import { getInvoiceRoute } from "./invoices/get-invoice.ts";
import { getInvoicesRoute } from "./invoices/get-invoices.ts";
import { getLineItemsRoute } from "./invoices/get-line-items.ts";
import { getInvoicePaymentsRoute } from "./invoices/get-payments.ts";
import { getInvoicePdfRoute } from "./invoices/get-pdf.ts";
import { postInvoiceApproveRoute } from "./invoices/post-approve.ts";
import { postArchiveRoute } from "./invoices/post-archive.ts";
import { postBulkActionRoute } from "./invoices/post-bulk-action.ts";
import { postBulkRecordPaymentRoute } from "./invoices/post-bulk-record-payment.ts";
import { postCloneRoute } from "./invoices/post-clone.ts";
import { postDuplicateRoute } from "./invoices/post-duplicate.ts";
import { postEmailRoute } from "./invoices/post-email.ts";
import { postInvoiceRoute } from "./invoices/post-invoice.ts";
import { postLineItemRoute } from "./invoices/post-line-item.ts";
import { postMarkPaidRoute } from "./invoices/post-mark-paid.ts";
import { postMarkSentRoute } from "./invoices/post-mark-sent.ts";
import { postInvoicePaymentRoute } from "./invoices/post-payment.ts";
import { postPublishRoute } from "./invoices/post-publish.ts";
import { postInvoiceMoveRoute } from "./invoices/post-move.ts";
import { postRecordPaymentRoute } from "./invoices/post-record-payment.ts";
import { postInvoiceRejectRoute } from "./invoices/post-reject.ts";
import { postSendRoute } from "./invoices/post-send.ts";
import { postUnarchiveRoute } from "./invoices/post-unarchive.ts";
import { postVoidRoute } from "./invoices/post-void.ts";
import { putInvoiceRoute } from "./invoices/put-invoice.ts";
import { putLineItemRoute } from "./invoices/put-line-item.ts";
import { putLineItemsRoute } from "./invoices/put-line-items.ts";
import { putStatusRoute } from "./invoices/put-status.ts";
import { putTagsRoute } from "./invoices/put-tags.ts";

/** Invoices, their lines and their payments. */
export const invoiceRoutes: readonly Route[] = [
  // Before /invoices/:id, which would take them for ids.
  postBulkActionRoute,
  postBulkRecordPaymentRoute,
  getInvoicesRoute,
  postInvoiceRoute,
  getInvoiceRoute,
  putInvoiceRoute,
  deleteInvoiceRoute,
  getLineItemsRoute,
  postLineItemRoute,
  putLineItemsRoute,
  putLineItemRoute,
  deleteLineItemRoute,
  postInvoiceApproveRoute,
  postInvoiceRejectRoute,
  postArchiveRoute,
  postUnarchiveRoute,
  postSendRoute,
  postPublishRoute,
  postEmailRoute,
  putStatusRoute,
  postMarkSentRoute,
  postMarkPaidRoute,
  postRecordPaymentRoute,
  getInvoicePaymentsRoute,
  postInvoicePaymentRoute,
  deleteInvoicePaymentRoute,
  postVoidRoute,
  postDuplicateRoute,
  postCloneRoute,
  putTagsRoute,
  postInvoiceMoveRoute,
  getInvoicePdfRoute,
];
