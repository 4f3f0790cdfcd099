import { z } from "zod";
import { completeImport, failImport } from "../../actions/finish-import.ts";
import { withConnection, type OpenConnection } from "../../actions/use-connection.ts";
import { findCompany } from "../../db/companies.ts";
import { findImport, lockImport, updateImport, type ImportRow } from "../../db/imports.ts";
import { inTransaction } from "../../db/transaction.ts";
import { Conflict, ConnectionRevoked, errorText, ProviderRejected, retryOf } from "../../errors.ts";
import { defineJob, done, skipped, type JobContext, type Outcome } from "../define-job.ts";
import { keepPage, passOver, type Position } from "./keep-page.ts";
import { planSteps, type Step } from "./plan.ts";
import { createReader, type AnyPage } from "./read-page.ts";

const ATTEMPTS = 12;

/**
 * Takes a company's books over from FreshBooks, page by page. A page is fetched, then written together
 * with the position of the next one: killed anywhere, the next attempt goes on there. What was taken
 * over is known by its id, so nothing is taken over twice, whatever is fetched again.
 */
export const importFreshBooks = defineJob({
  name: "freshbooks.import",
  provider: "freshbooks",
  queue: "default",
  payload: z.object({ companyId: z.int(), importId: z.int() }),
  retry: { attempts: ATTEMPTS, delayMsFirst: 2_000, delayMsMax: 900_000 },
  timeoutMs: 6 * 3_600_000,
  idempotencyKey: ({ companyId, importId }) => `${companyId}/${importId}`,

  async run(ctx, { companyId, importId }) {
    const key = { companyId, id: importId };
    const row = await resume(ctx, key);
    if (row?.status !== "importing") return skipped(`the import is ${row?.status ?? "gone"}`);
    try {
      return await withConnection(ctx, { companyId, provider: "freshbooks" }, (connection) =>
        importAll(ctx, connection, row),
      );
    } catch (error) {
      if (isTheEnd(ctx, error)) {
        const company = await findCompany(ctx.sql, companyId);
        const now = company?.testNow ?? ctx.clock.now();
        await inTransaction(ctx.sql, (tx) =>
          failImport(tx, { now, causerId: row.userId }, key, errorText(error).slice(0, 500)),
        );
      }
      throw error;
    }
  },
});

/** A run that was started again by hand takes its failed import up again. */
async function resume(
  ctx: JobContext,
  key: { companyId: number; id: number },
): Promise<ImportRow | undefined> {
  return await inTransaction(ctx.sql, async (tx) => {
    const row = await lockImport(tx, key);
    if (row?.status !== "failed" || row.runId !== ctx.run.id) return row;
    await updateImport(tx, row, { status: "importing", now: ctx.clock.now() });
    return await lockImport(tx, key);
  });
}

/** Whether no further attempt comes by itself. A lost connection waits for a person, and goes on then. */
function isTheEnd({ signal, run }: JobContext, error: unknown): boolean {
  if (signal.aborted || error instanceof ConnectionRevoked) return false;
  const retry = retryOf(error);
  return retry === "never" || (retry === "backoff" && run.attempt >= ATTEMPTS);
}

async function importAll(
  ctx: JobContext,
  connection: OpenConnection,
  { id, companyId, account, selectedResources }: ImportRow,
): Promise<Outcome> {
  if (connection.externalId !== account) {
    throw new Conflict(
      `The company is connected to another account of FreshBooks than ${account}.`,
    );
  }
  const steps = planSteps(selectedResources);
  const read = createReader(ctx, connection);
  for (;;) {
    ctx.signal.throwIfAborted();
    const row = await findImport(ctx.sql, { companyId, id });
    if (row?.status !== "importing") return skipped(`the import is ${row?.status ?? "gone"}`);
    const step = steps[row.step];
    if (step === undefined) return await finish(ctx, row);
    const position = { step: row.step, page: row.page };
    const progress = await importPage(ctx, read, row, { step, position });
    ctx.progress({ resource: step.resource, page: row.page, done: progress });
  }
}

/** One page. A resource that the connection may not read is passed over, and told of. */
async function importPage(
  ctx: JobContext,
  read: ReturnType<typeof createReader>,
  row: ImportRow,
  { step, position }: { step: Step; position: Position },
): Promise<ImportRow["progress"]> {
  let page: AnyPage;
  try {
    page = await read(step, position.page);
  } catch (error) {
    if (!(error instanceof ProviderRejected) || error.code !== "provider_forbidden") throw error;
    return await passOver(ctx, row, { step, position, reason: error.message });
  }
  return await keepPage(ctx, row, { step, position, page });
}

async function finish(ctx: JobContext, { companyId, id }: ImportRow): Promise<Outcome> {
  return await inTransaction(ctx.sql, async (tx) => {
    const row = await lockImport(tx, { companyId, id });
    if (row?.status !== "importing") return skipped(`the import is ${row?.status ?? "gone"}`);
    const company = await findCompany(tx, companyId);
    const now = company?.testNow ?? ctx.clock.now();
    const { differing } = await completeImport(tx, { now, causerId: row.userId }, row);
    return done({ progress: row.progress, tally: row.tally, differing });
  });
}
