import { z } from "zod";
import { importTime } from "../../../actions/import-time.ts";
import { importMax } from "../../../billing/worked-time.ts";
import { defineRoute, requireScope } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";
import { workIds } from "./work-ids.ts";

/** POST /invoices/:id/import-time — all the entries given, or none. */
export const postImportTimeRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/import-time",
  summary: "Import time entries as line items onto an invoice",
  description:
    `Up to ${importMax} unbilled entries, each a line of hours at its rate; they are billed from then on. ` +
    "`task_ids` names tasks in place of their entries: all of a task that can be billed to the invoice's " +
    "client is, which needs tasks:read too. " +
    "Voiding or deleting the invoice, or deleting a line, frees them again. The rate counts in the " +
    "invoice's currency. Needs time-entries:write too.",
  tag: "Invoices",
  access: { scope: "invoices:write", further: ["time-entries:write"] },
  params: z.object({ id: idParam }),
  body: z.strictObject({
    time_entry_ids: workIds("a time entry"),
    task_ids: workIds("a task"),
  }),
  answers: { 200: invoiceWithLinesAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, caller, now } = context;
    const { time_entry_ids: ids = [], task_ids: taskIds = [] } = body;
    if (taskIds.length > 0) requireScope(caller, "tasks:read");
    const by = { company, causerId: user.id, now };
    const invoice = await importTime(tx, by, { invoiceId: params.id, ids, taskIds });
    return await answerInvoiceWithLines(context, invoice);
  },
});
