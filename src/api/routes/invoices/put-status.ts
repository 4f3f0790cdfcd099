import { z } from "zod";
import { setInvoiceStatus } from "../../../actions/set-invoice-status.ts";
import { lockInvoice } from "../../../db/invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";
import { statusInBody } from "./status-numbers.ts";

/** PUT /invoices/:id/status — by hand, but never against the money. */
export const putStatusRoute = defineRoute({
  method: "put",
  path: "/invoices/:id/status",
  summary: "Set the status of an invoice",
  description:
    "A word, or a number: 1 draft, 2 sent or viewed, 3 overdue, 4 partial, 5 paid, 20 cancelled. 2 issues a " +
    "draft, 5 records a payment of today for the rest, 20 voids. A status other than money and dates come " +
    "to holds (`status_set_at`) until a payment or the due date moves. What the payments contradict, and any " +
    "status after paid or cancelled, is a 409 that says why.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({ status: statusInBody }),
  answers: { 200: invoiceWithLinesAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, now, checkIfMatch } = context;
    checkIfMatch(await lockInvoice(tx, { companyId: company.id, id: params.id }));
    const by = { company, causerId: user.id, now };
    const { status } = body;
    return await answerInvoiceWithLines(
      context,
      await setInvoiceStatus(tx, by, { invoiceId: params.id, status }),
    );
  },
});
