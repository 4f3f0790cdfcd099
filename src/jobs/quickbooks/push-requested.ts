import { z } from "zod";
import { withConnection } from "../../actions/use-connection.ts";
import { BATCH_MAX } from "../../connectors/quickbooks/quickbooks.ts";
import { deletePush, listPushedIds } from "../../db/quickbooks-pushes.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done, skipped } from "../define-job.ts";
import type { Ending } from "./end-push.ts";
import { openPush } from "./push.ts";
import { pushInvoices } from "./push-invoices.ts";
import { retryPush } from "./retry.ts";

/** Reasons told with the run; all of them are at the invoices' attention items. */
const REASONS_MAX = 50;

/**
 * Brings the invoices over that somebody asked for, in chunks, so that what is new goes in batches. What
 * is there already is looked at, and mended where somebody has changed it there.
 */
export const pushRequestedToQuickBooks = defineJob({
  name: "quickbooks.push-requested",
  provider: "quickbooks",
  queue: "default",
  payload: z.object({ companyId: z.int(), pushId: z.int() }),
  retry: retryPush,
  timeoutMs: 3_600_000,
  idempotencyKey: ({ companyId, pushId }) => `${companyId}/${pushId}`,

  async run(ctx, { companyId, pushId }) {
    const ids = await listPushedIds(ctx.sql, { companyId, id: pushId });
    if (ids.length === 0) return skipped("nothing was asked for");
    return await withConnection(ctx, { companyId, provider: "quickbooks" }, async (connection) => {
      const push = await openPush(ctx, connection, { isForced: true });
      const endings: Ending[] = [];
      for (let at = 0; at < ids.length; at += BATCH_MAX) {
        ctx.progress({ done: at, total: ids.length });
        endings.push(...(await pushInvoices(push, ids.slice(at, at + BATCH_MAX))));
      }
      await inTransaction(ctx.sql, (tx) => deletePush(tx, { companyId, id: pushId }));
      return done(summaryOf(endings));
    });
  },
});

function summaryOf(endings: readonly Ending[]) {
  const counts: Record<Ending["outcome"], number> = {
    created: 0,
    updated: 0,
    voided: 0,
    unchanged: 0,
    skipped: 0,
    waiting: 0,
  };
  for (const { outcome } of endings) counts[outcome] += 1;
  return {
    ...counts,
    reasons: endings
      .flatMap(({ invoiceId, reason }) =>
        reason === undefined ? [] : [{ invoice_id: invoiceId, reason }],
      )
      .slice(0, REASONS_MAX),
  };
}
