import { z } from "zod";
import { importExpenses } from "../../../actions/import-expenses.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";
import { workIds, workMax } from "./work-ids.ts";

/** POST /invoices/:id/import-expenses — all the expenses given, or none. */
export const postImportExpensesRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/import-expenses",
  summary: "Import expenses as line items onto an invoice",
  description:
    `Up to ${workMax} billable expenses in the invoice's currency that no invoice bills, each a line over ` +
    "its amount, taxed at its own rate or, where it has none, as the company does by default; they are billed " +
    "from then on. Voiding or deleting the invoice, or deleting a line, frees them again. Needs " +
    "expenses:write too.",
  tag: "Invoices",
  access: { scope: "invoices:write", further: ["expenses:write"] },
  params: z.object({ id: idParam }),
  body: z.strictObject({
    expense_ids: workIds("an expense"),
  }),
  answers: { 200: invoiceWithLinesAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, now } = context;
    const by = { company, causerId: user.id, now };
    const ids = body.expense_ids ?? [];
    const invoice = await importExpenses(tx, by, { invoiceId: params.id, ids });
    return await answerInvoiceWithLines(context, invoice);
  },
});
