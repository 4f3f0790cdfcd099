import { expect } from "vitest";
import { operations, type DescribedOperation } from "./described-operations.ts";

/**
 * Tries every one of some operations, whatever becomes of the others, and fails with all that is
 * wrong. An attempt returns its faults; what it throws is one too.
 */
export async function expectNoFaults(
  chosen: readonly DescribedOperation[],
  attempt: (operation: DescribedOperation) => Promise<string[]>,
): Promise<void> {
  const all: string[] = [];
  for (const operation of chosen) {
    const found = await attempt(operation).catch((error: unknown) => [String(error)]);
    all.push(...found.map((text) => `${operation.name}: ${text}`));
  }
  expect(all).toEqual([]);
}

/** Operations that are left after a condition; none would show nothing. */
export function chosenBy(
  condition: (operation: DescribedOperation) => boolean,
  atLeast: number,
): DescribedOperation[] {
  const chosen = operations.filter(condition);
  expect(chosen.length).toBeGreaterThanOrEqual(atLeast);
  return chosen;
}
