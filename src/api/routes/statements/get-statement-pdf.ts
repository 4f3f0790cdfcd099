import { loadBranding } from "../../../actions/load-branding.ts";
import { loadStatement } from "../../../actions/load-statement.ts";
import { renderStatementPdf } from "../../../actions/render-statement-pdf.ts";
import { findClient } from "../../../db/clients.ts";
import { NotFound } from "../../../errors.ts";
import { answerPdf } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { periodOf, statementParams, statementQuery } from "./period.ts";

/** GET /clients/:client_id/statement/pdf — in the company's layout. */
export const getStatementPdfRoute = defineRoute({
  method: "get",
  path: "/clients/:client_id/statement/pdf",
  summary: "Download client statement as PDF",
  description: "Needs clients:read too.",
  tag: "Statements",
  access: { scope: "invoices:read", further: ["clients:read"] },
  params: statementParams,
  query: statementQuery,
  answers: { 200: { contentType: "application/pdf" } },

  async run({ sql, company, user, now }, { params, query }) {
    const period = periodOf({ company, causerId: user.id, now }, query);
    const client = await findClient(sql, { companyId: company.id, id: params.client_id });
    if (client === undefined) throw new NotFound("Client");
    const statement = await loadStatement(sql, company, { clientId: client.id, ...period });
    const name = `statement-${period.from}-${period.to}`;
    const branding = await loadBranding(sql, company.id);
    return answerPdf(await renderStatementPdf(company, statement, branding), name);
  },
});
