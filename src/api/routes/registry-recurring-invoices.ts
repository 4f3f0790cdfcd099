import type { Route } from "../define-route.ts";
import { deleteRecurringLineItemRoute } from "./recurring-invoices/delete-line-item.ts";
import { deleteRecurringInvoiceRoute } from "./recurring-invoices/delete-recurring-invoice.ts";
import { getRecurringLineItemsRoute } from "./recurring-invoices/get-line-items.ts";
import { getOccurrencesRoute } from "./recurring-invoices/get-occurrences.ts";
import { getPreviewRoute } from "./recurring-invoices/get-preview.ts";
import { getRecurringInvoiceRoute } from "./recurring-invoices/get-recurring-invoice.ts";
import { getRecurringInvoicesRoute } from "./recurring-invoices/get-recurring-invoices.ts";
import { postRecurringArchiveRoute } from "./recurring-invoices/post-archive.ts";
import { postRecurringBulkActionRoute } from "./recurring-invoices/post-bulk-action.ts";
import { postGenerateRoute } from "./recurring-invoices/post-generate.ts";
import { postRecurringLineItemRoute } from "./recurring-invoices/post-line-item.ts";
import { postRecurringMoveRoute } from "./recurring-invoices/post-move.ts";
import { postPauseRoute } from "./recurring-invoices/post-pause.ts";
import { postRecurringInvoiceRoute } from "./recurring-invoices/post-recurring-invoice.ts";
import { postReleaseRoute } from "./recurring-invoices/post-release.ts";
import { postResumeRoute } from "./recurring-invoices/post-resume.ts";
import { postRecurringUnarchiveRoute } from "./recurring-invoices/post-unarchive.ts";
import { putRecurringLineItemRoute } from "./recurring-invoices/put-line-item.ts";
import { putRecurringInvoiceRoute } from "./recurring-invoices/put-recurring-invoice.ts";

/** Recurring invoices and their lines. */
export const recurringInvoiceRoutes: readonly Route[] = [
  postRecurringBulkActionRoute,
  getRecurringInvoicesRoute,
  postRecurringInvoiceRoute,
  getRecurringInvoiceRoute,
  putRecurringInvoiceRoute,
  deleteRecurringInvoiceRoute,
  getRecurringLineItemsRoute,
  postRecurringLineItemRoute,
  putRecurringLineItemRoute,
  deleteRecurringLineItemRoute,
  postRecurringArchiveRoute,
  postRecurringUnarchiveRoute,
  postPauseRoute,
  postResumeRoute,
  postGenerateRoute,
  postReleaseRoute,
  postRecurringMoveRoute,
  getPreviewRoute,
  getOccurrencesRoute,
];
