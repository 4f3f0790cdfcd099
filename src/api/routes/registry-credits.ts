import type { Route } from "../define-route.ts";
import { getClientCreditsRoute } from "./credits/get-client-credits.ts";
import { getCreditRoute } from "./credits/get-credit.ts";
import { getCreditsRoute } from "./credits/get-credits.ts";
import { postCreditApplyRoute } from "./credits/post-apply.ts";
import { postCreditArchiveRoute } from "./credits/post-archive.ts";
import { postCreditsBulkActionRoute } from "./credits/post-bulk-action.ts";
import { postCreditRoute } from "./credits/post-credit.ts";
import { postCreditUnarchiveRoute } from "./credits/post-unarchive.ts";
import { getStatementPdfRoute } from "./statements/get-statement-pdf.ts";
import { getStatementRoute } from "./statements/get-statement.ts";
import { postStatementSendRoute } from "./statements/post-statement-send.ts";

/** What a company owes its clients, what it was used for, and what they owe. */
export const creditRoutes: readonly Route[] = [
  // Before /credits/:id, which would take it for an id.
  postCreditsBulkActionRoute,
  getCreditsRoute,
  postCreditRoute,
  getCreditRoute,
  postCreditArchiveRoute,
  postCreditUnarchiveRoute,
  postCreditApplyRoute,
  getClientCreditsRoute,
  getStatementRoute,
  getStatementPdfRoute,
  postStatementSendRoute,
];
