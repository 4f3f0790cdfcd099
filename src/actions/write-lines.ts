import type { Tx } from "../db/client.ts";
import {
  deletePricedLines,
  insertPricedLines,
  updatePricedLines,
  type LineOwner,
} from "../db/priced-lines.ts";
import type { PricedLine } from "./price-invoice.ts";

/**
 * Leaves a record with exactly these lines: those with an id are changed, the others added. Their ids
 * come back in the order given.
 */
export async function writeLines(
  tx: Tx,
  owner: LineOwner,
  input: { stored: readonly { id: number }[]; lines: readonly PricedLine[]; now: Date },
): Promise<number[]> {
  const { stored, lines, now } = input;
  const known = lines.filter((line): line is PricedLine & { id: number } => line.id !== undefined);
  const kept = new Set(known.map((line) => line.id));
  const dropped = stored.filter((line) => !kept.has(line.id)).map((line) => line.id);
  await deletePricedLines(tx, { ...owner, ids: dropped });
  await updatePricedLines(tx, { ...owner, now }, known);
  const added = await insertPricedLines(
    tx,
    { ...owner, now },
    lines.filter((line) => line.id === undefined),
  );
  return lines.map((line) => line.id ?? added.shift()!);
}
