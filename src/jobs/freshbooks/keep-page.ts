import type { Acting } from "../../actions/acting.ts";
import { PER_PAGE } from "../../connectors/freshbooks/resources.ts";
import type { Tx } from "../../db/client.ts";
import { findCompany } from "../../db/companies.ts";
import { recordImportAmounts } from "../../db/import-amounts.ts";
import { recordImportItems, type NewImportItem } from "../../db/import-items.ts";
import {
  lockImport,
  updateImport,
  type Counts,
  type ImportChanges,
  type ImportRow,
  type Tally,
} from "../../db/imports.ts";
import { inTransaction } from "../../db/transaction.ts";
import { NotFound } from "../../errors.ts";
import type { JobContext } from "../define-job.ts";
import { amountsOf } from "./amounts.ts";
import { bringPage } from "./bring-page.ts";
import { addTallies } from "./bring-payments.ts";
import type { AnyPage } from "./read-page.ts";
import type { Step } from "./plan.ts";

/** Where an import stands. */
export interface Position {
  step: number;
  page: number;
}

/** How often a list that changes while it is read is read from its beginning. */
const ROUNDS_MAX = 3;

/**
 * Writes a page and moves the import on, in one transaction. When another process was quicker, or the
 * import was ended, nothing is written. Answers how far the import is.
 */
export async function keepPage(
  ctx: JobContext,
  { companyId, id }: ImportRow,
  { step, position, page }: { step: Step; position: Position; page: AnyPage },
): Promise<Counts> {
  return await inTransaction(ctx.sql, async (tx) => {
    const row = await lockAt(tx, { companyId, id }, position);
    if (row === undefined) return {};
    const by = await actingFor(ctx, tx, row);
    const { resource } = step;
    const scope = {
      importId: id,
      resource,
      reimportExisting: row.reimportExisting,
      refs: { companyId, provider: row.provider, account: row.account },
    };
    const brought = await bringPage(tx, by, scope, page);
    const refusals = page.malformed.map(({ externalId, reason }): NewImportItem => ({
      resource,
      externalId,
      kind: "refused",
      reason,
    }));
    await recordImportItems(tx, { companyId, importId: id, now: by.now }, [
      ...brought.items,
      ...refusals,
    ]);
    await recordImportAmounts(tx, { companyId, importId: id }, amountsOf(page));
    const tally = { ...brought.tally, refused: brought.tally.refused + refusals.length };
    const changes = moveOn(row, { resource, page, tally });
    await updateImport(tx, row, { ...changes, errorMessage: null, now: by.now });
    return changes.progress;
  });
}

/** Leaves a list out, with the reason in the report, and goes on with the next. */
export async function passOver(
  ctx: JobContext,
  { companyId, id }: ImportRow,
  { step, position, reason }: { step: Step; position: Position; reason: string },
): Promise<Counts> {
  return await inTransaction(ctx.sql, async (tx) => {
    const row = await lockAt(tx, { companyId, id }, position);
    if (row === undefined) return {};
    const { now } = await actingFor(ctx, tx, row);
    await recordImportItems(tx, { companyId, importId: id, now }, [
      { resource: step.resource, externalId: "all", kind: "refused", reason },
    ]);
    await updateImport(tx, row, { ...nextStep(row), now });
    return row.progress;
  });
}

/** The import, locked, unless it is not where its page was fetched for. */
async function lockAt(
  tx: Tx,
  key: { companyId: number; id: number },
  { step, page }: Position,
): Promise<ImportRow | undefined> {
  const row = await lockImport(tx, key);
  const isHere = row?.status === "importing" && row.step === step && row.page === page;
  return isHere ? row : undefined;
}

async function actingFor(
  { clock }: JobContext,
  tx: Tx,
  { companyId, userId }: ImportRow,
): Promise<Acting> {
  const company = await findCompany(tx, companyId);
  if (company === undefined) throw new NotFound("Company");
  return { company, causerId: userId, now: company.testNow ?? clock.now() };
}

/**
 * What comes next, and the counts with this page. Pages are cut anew while others work over there, so a
 * list whose length changed under way is read again: what was passed over by it is found then.
 */
function moveOn(
  row: ImportRow,
  { resource, page, tally }: { resource: string; page: AnyPage; tally: Tally },
): ImportChanges & { progress: Counts } {
  const found = page.records.length + page.malformed.length;
  const seen = (row.progress[resource] ?? 0) + found;
  const isAgain = row.stepRounds > 0;
  const added = isAgain ? { created: tally.created, updated: 0, unchanged: 0, refused: 0 } : tally;
  const counted = {
    progress: { ...row.progress, [resource]: seen },
    tally: { ...row.tally, [resource]: addTallies(row.tally[resource], added) },
  };
  const stepLength = row.stepLength ?? page.total;
  if (row.page < page.pages && found > 0) return { ...counted, stepLength, page: row.page + 1 };
  if (stepLength === page.total || row.stepRounds + 1 >= ROUNDS_MAX) {
    return { ...counted, ...nextStep(row) };
  }
  const inThisStep = (row.page - 1) * PER_PAGE + found;
  return {
    ...counted,
    progress: { ...row.progress, [resource]: Math.max(0, seen - inThisStep) },
    page: 1,
    stepLength: null,
    stepRounds: row.stepRounds + 1,
  };
}

function nextStep({ step }: ImportRow): ImportChanges {
  return { step: step + 1, page: 1, stepLength: null, stepRounds: 0 };
}
