import type { Route } from "../define-route.ts";
import { deleteQuoteLineItemRoute } from "./quotes/delete-line-item.ts";
import { deleteQuoteRoute } from "./quotes/delete-quote.ts";
import { getQuoteLineItemsRoute } from "./quotes/get-line-items.ts";
import { getQuotePdfRoute } from "./quotes/get-pdf.ts";
import { getQuoteRoute } from "./quotes/get-quote.ts";
import { getQuotesRoute } from "./quotes/get-quotes.ts";
import { postQuoteArchiveRoute } from "./quotes/post-archive.ts";
import { postQuotesBulkActionRoute } from "./quotes/post-bulk-action.ts";
import { postConvertToInvoiceRoute } from "./quotes/post-convert-to-invoice.ts";
import { postConvertToProjectRoute } from "./quotes/post-convert-to-project.ts";
import { postQuoteDuplicateRoute } from "./quotes/post-duplicate.ts";
import { postQuoteLineItemRoute } from "./quotes/post-line-item.ts";
import { postQuoteMarkSentRoute } from "./quotes/post-mark-sent.ts";
import { postQuoteRoute } from "./quotes/post-quote.ts";
import { postQuoteSendRoute } from "./quotes/post-send.ts";
import { postQuoteUnarchiveRoute } from "./quotes/post-unarchive.ts";
import { putQuoteLineItemRoute } from "./quotes/put-line-item.ts";
import { putQuoteRoute } from "./quotes/put-quote.ts";

/** Quotes and their lines. */
export const quoteRoutes: readonly Route[] = [
  // Before /quotes/:id, which would take it for an id.
  postQuotesBulkActionRoute,
  getQuotesRoute,
  postQuoteRoute,
  getQuoteRoute,
  putQuoteRoute,
  deleteQuoteRoute,
  getQuoteLineItemsRoute,
  postQuoteLineItemRoute,
  putQuoteLineItemRoute,
  deleteQuoteLineItemRoute,
  postQuoteArchiveRoute,
  postQuoteUnarchiveRoute,
  postQuoteSendRoute,
  postQuoteMarkSentRoute,
  postQuoteDuplicateRoute,
  postConvertToInvoiceRoute,
  postConvertToProjectRoute,
  getQuotePdfRoute,
];
