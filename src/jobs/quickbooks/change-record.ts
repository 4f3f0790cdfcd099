import { isStale } from "../../connectors/quickbooks/failures.ts";
import type { QbEntity } from "../../connectors/quickbooks/quickbooks.ts";
import type { QbRecord } from "../../connectors/quickbooks/schemas.ts";
import { ProviderRejected } from "../../errors.ts";
import type { Push } from "./push.ts";
import { requestIdOf, type Body } from "./values.ts";
import { Waits } from "./waits.ts";

/** Somebody else may change it while we do; three times in a row is more than chance. */
const ROUNDS_MAX = 3;

/** What is to become of a record that was just read there; undefined leaves it. */
export type Change = { body: Body } | "void" | undefined;

/**
 * Changes a record there, based on what was read a moment ago: when it was changed in between, it is read
 * and decided about anew. `decide` reads our own state after theirs was read, so that a change which goes
 * through is never older than one that went through before it (case I3).
 *
 * @returns the record as it is then, and whether it was changed; undefined when it was deleted there
 */
export async function changeRecord(
  push: Push,
  entity: QbEntity,
  id: string,
  decide: (there: QbRecord) => Promise<Change>,
): Promise<{ there: QbRecord; change: Change } | undefined> {
  for (let round = 1; ; round += 1) {
    push.ctx.signal.throwIfAborted();
    const there = await push.ask((quickbooks, call) => quickbooks.read(call, entity, id));
    if (there === undefined) return undefined;
    const change = await decide(there);
    if (change === undefined) return { there, change };
    try {
      return { there: await carryOut(push, entity, there, change), change };
    } catch (error) {
      const isOutrun = error instanceof ProviderRejected && isStale(error.providerCode);
      if (!isOutrun) throw error;
      if (round === ROUNDS_MAX) {
        throw new Waits("Somebody else keeps changing it in QuickBooks.", { cause: error });
      }
    }
  }
}

async function carryOut(
  push: Push,
  entity: QbEntity,
  { Id: id, SyncToken: syncToken }: QbRecord,
  change: Exclude<Change, undefined>,
): Promise<QbRecord> {
  // A further run is a further asking: QuickBooks may remember that it refused the first one.
  const idOf = (what: string) =>
    requestIdOf(push.account, entity, id, syncToken, push.ctx.run.id, what);
  return await push.ask(async (quickbooks, call) => {
    if (change !== "void") {
      const { body } = change;
      const requestId = idOf(JSON.stringify(body));
      return await quickbooks.update(call, entity, { id, syncToken, body, requestId });
    }
    if (entity !== "Invoice" && entity !== "Payment") throw new Error(`no ${entity} is voided`);
    return await quickbooks.void(call, entity, { id, syncToken, requestId: idOf("void") });
  });
}

/** What is voided there has no amounts, and says so. */
export function isVoided({ TotalAmt, PrivateNote }: QbRecord): boolean {
  return TotalAmt === 0 && PrivateNote?.startsWith("Voided") === true;
}
