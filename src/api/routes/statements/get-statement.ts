import { z } from "zod";
import { loadStatement } from "../../../actions/load-statement.ts";
import { invoiceStatuses } from "../../../billing/statuses.ts";
import { findClient } from "../../../db/clients.ts";
import { NotFound } from "../../../errors.ts";
import { dateJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { clientJson, presentClient } from "../clients/schema.ts";
import { periodOf, statementParams, statementQuery } from "./period.ts";

const totals = {
  currency: z.string(),
  total_invoiced: minorJson,
  total_paid: minorJson,
  total_outstanding: minorJson,
};
const itemJson = z.object({
  id: z.int(),
  invoice_number: z.string(),
  status: z.enum(invoiceStatuses),
  issue_date: dateJson,
  due_date: dateJson,
  currency: z.string(),
  total: minorJson,
  amount_paid: minorJson,
  amount_due: minorJson,
  balance: moneyJson("Owed in this currency up to and with this invoice."),
});

/** GET /clients/:client_id/statement — what was billed, and what was owed after each invoice. */
export const getStatementRoute = defineRoute({
  method: "get",
  path: "/clients/:client_id/statement",
  summary: "Get client statement data",
  description:
    "Invoices issued within the period, oldest first, without drafts and voided ones. Totals are in the " +
    "client's currency; invoices in other currencies are summed apart. Without `to` it ends today, " +
    "without `from` it begins with the year.",
  tag: "Statements",
  access: { scope: "invoices:read" },
  params: statementParams,
  query: statementQuery,
  answers: {
    200: z.object({
      data: z.object({
        client: clientJson.optional().meta({ description: "Left out without clients:read." }),
        from: dateJson,
        to: dateJson,
        ...totals,
        other_currencies: z.array(z.object(totals)),
        items: z.array(itemJson),
      }),
    }),
  },

  async run({ sql, company, user, now, mayUse }, { params, query }) {
    const period = periodOf({ company, causerId: user.id, now }, query);
    const client = await findClient(sql, { companyId: company.id, id: params.client_id });
    if (client === undefined) throw new NotFound("Client");
    const statement = await loadStatement(sql, company, { clientId: client.id, ...period });
    const [own, ...others] = statement.totals.map((sum) => ({
      currency: sum.currency,
      total_invoiced: sum.totalInvoiced,
      total_paid: sum.totalPaid,
      total_outstanding: sum.totalOutstanding,
    }));
    const data = {
      ...(mayUse("clients:read") ? { client: presentClient(client) } : {}),
      ...period,
      ...own,
      other_currencies: others,
      items: statement.items.map((item) => ({
        id: item.id,
        invoice_number: item.invoiceNumber,
        status: item.status,
        issue_date: item.issueDate,
        due_date: item.dueDate,
        currency: item.currency,
        total: item.total,
        amount_paid: item.amountPaid,
        amount_due: item.amountDue,
        balance: item.balance,
      })),
    };
    return { status: 200, body: { data } };
  },
});
