import { z } from "zod";
import { importTime } from "../../../actions/import-time.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";
import { workIds, workMax } from "./work-ids.ts";

/** POST /invoices/:id/import-time — all the entries given, or none. */
export const postImportTimeRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/import-time",
  summary: "Import time entries as line items onto an invoice",
  description:
    `Up to ${workMax} unbilled entries, each a line of hours at its rate; they are billed from then on. ` +
    "Voiding or deleting the invoice, or deleting a line, frees them again. The rate counts in the " +
    "invoice's currency. Needs time-entries:write too.",
  tag: "Invoices",
  access: { scope: "invoices:write", further: ["time-entries:write"] },
  params: z.object({ id: idParam }),
  body: z.strictObject({
    time_entry_ids: workIds("a time entry"),
  }),
  answers: { 200: invoiceWithLinesAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, now } = context;
    const by = { company, causerId: user.id, now };
    const ids = body.time_entry_ids ?? [];
    const invoice = await importTime(tx, by, { invoiceId: params.id, ids });
    return await answerInvoiceWithLines(context, invoice);
  },
});
