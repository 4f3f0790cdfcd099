import { z } from "zod";
import { duplicateInvoice } from "../../../actions/duplicate-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, localDate } from "../../inputs.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";
import { idInBody } from "./line-inputs.ts";

/** POST /invoices/:id/clone — a duplicate for a client and dates that are said. */
export const postCloneRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/clone",
  summary: "Clone an invoice",
  description:
    "Writes a draft with the lines, taxes, discount, adjustment, texts, category and tags of this one, " +
    "and its project where that is the client's. The currency stays. Late fees, payments and the time " +
    "behind lines are left out.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({
    client_id: idInBody,
    issue_date: localDate,
    due_date: localDate,
    project_id: idInBody.optional(),
  }),
  answers: { 201: invoiceWithLinesAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, now } = context;
    const by = { company, causerId: user.id, now };
    const invoice = await duplicateInvoice(tx, by, {
      invoiceId: params.id,
      clientId: body.client_id,
      projectId: body.project_id,
      issueDate: body.issue_date,
      dueDate: body.due_date,
    });
    return { ...(await answerInvoiceWithLines(context, invoice)), status: 201 };
  },
});
