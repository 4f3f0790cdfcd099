import type { Route } from "../define-route.ts";
import { getPortalInvoicePdfRoute } from "./portal/get-invoice-pdf.ts";
import { getPortalInvoiceRoute } from "./portal/get-invoice.ts";
import { getPortalQuotePdfRoute } from "./portal/get-quote-pdf.ts";
import { getPortalQuoteRoute } from "./portal/get-quote.ts";
import { postPortalAcceptRoute } from "./portal/post-accept.ts";
import { postPortalCheckoutRoute } from "./portal/post-checkout.ts";
import { postPortalDeclineRoute } from "./portal/post-decline.ts";

/** What a company's clients see, by the UUID of an invoice or a quote. */
export const portalRoutes: readonly Route[] = [
  getPortalInvoiceRoute,
  getPortalInvoicePdfRoute,
  postPortalCheckoutRoute,
  getPortalQuoteRoute,
  getPortalQuotePdfRoute,
  postPortalAcceptRoute,
  postPortalDeclineRoute,
];
