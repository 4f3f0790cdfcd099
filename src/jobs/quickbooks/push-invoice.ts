import { z } from "zod";
import { withConnection } from "../../actions/use-connection.ts";
import { listEventsToPush } from "../../db/quickbooks-pushes.ts";
import { defineJob, done, skipped } from "../define-job.ts";
import { openPush } from "./push.ts";
import { pushInvoices } from "./push-invoices.ts";
import { retryPush } from "./retry.ts";

/**
 * Brings an invoice over after each change, for companies that have switched it on. It is pushed as it is
 * when the run comes to it: a later event finds nothing left to do.
 */
export const pushInvoiceToQuickBooks = defineJob({
  name: "quickbooks.push-invoice",
  provider: "quickbooks",
  queue: "default",
  payload: z.object({ companyId: z.int(), invoiceId: z.int(), eventId: z.int() }),
  retry: retryPush,
  timeoutMs: 300_000,
  idempotencyKey: ({ companyId, invoiceId, eventId }) => `${companyId}/${invoiceId}/${eventId}`,
  follows: {
    types: [
      "invoice.credit_applied",
      "invoice.deleted",
      "invoice.late_fee_charged",
      "invoice.late_fee_waived",
      "invoice.paid",
      "invoice.sent",
      "invoice.updated",
      "invoice.voided",
      "payment.deleted",
      "payment.received",
      "payment.refund-failed",
      "payment.refunded",
    ],
    async targets(tx, eventIds) {
      const rows = await listEventsToPush(tx, eventIds);
      return rows.map(({ eventId, companyId, recordId }) => ({
        eventId,
        companyId,
        target: recordId,
        payload: { companyId, invoiceId: recordId, eventId },
      }));
    },
  },

  async run(ctx, { companyId, invoiceId }) {
    return await withConnection(ctx, { companyId, provider: "quickbooks" }, async (connection) => {
      const push = await openPush(ctx, connection, { isForced: false });
      const [ending] = await pushInvoices(push, [invoiceId]);
      const { outcome = "skipped", reason = "there is nothing to do" } = ending ?? {};
      return outcome === "skipped" || outcome === "waiting" ? skipped(reason) : done({ outcome });
    });
  },
});
