import { z } from "zod";
import { findConnection } from "../../../db/connections.ts";
import { lockInvoices } from "../../../db/invoices.ts";
import { insertPush } from "../../../db/quickbooks-pushes.ts";
import { getRun } from "../../../db/runs.ts";
import { Conflict, InvalidInput } from "../../../errors.ts";
import { pushRequestedToQuickBooks } from "../../../jobs/quickbooks/push-requested.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { askedBy } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { bulkIds } from "../../inputs.ts";
import { acceptedRun, runAnswers } from "../runs/schema.ts";

/** POST /integrations/quickbooks/push — brings invoices over, with all they need, as a run. */
export const postQuickBooksPushRoute = defineRoute({
  method: "post",
  path: "/integrations/quickbooks/push",
  summary: "Push invoices to QuickBooks",
  description:
    "Customers, items and payments go along. What is there already is looked at, and brought to what it " +
    "is here. The run's result counts the endings, with the reasons of what was skipped or waits. 409 " +
    "when QuickBooks is not connected.",
  tag: "QuickBooks",
  access: { scope: "integrations:write", further: ["invoices:read"] },
  body: z.strictObject({ invoice_ids: bulkIds }),
  answers: runAnswers,
  failures: [409],

  async run(context, { body }) {
    const { tx, company, now } = context;
    const companyId = company.id;
    const connection = await findConnection(tx, { companyId, provider: "quickbooks" });
    if (connection === undefined || connection.status === "disabled") {
      throw new Conflict("QuickBooks is not connected.", { code: "not_connected" });
    }
    const invoices = await lockInvoices(tx, { companyId, ids: body.invoice_ids });
    for (const [index, id] of body.invoice_ids.entries()) {
      const invoice = invoices.find((each) => each.id === id);
      const problem =
        invoice === undefined
          ? "There is no such invoice."
          : invoice.status === "draft"
            ? "It is a draft; send it first."
            : undefined;
      if (problem !== undefined) throw new InvalidInput({ [`invoice_ids.${index}`]: [problem] });
    }
    const pushId = await insertPush(tx, { companyId, invoiceIds: body.invoice_ids, now });
    const { runId } = await enqueue(
      tx,
      pushRequestedToQuickBooks,
      { companyId, pushId },
      askedBy(context),
    );
    return acceptedRun(await getRun(tx, { companyId, id: runId }));
  },
});
