/**
 * What the documents have and we do not serve yet, with what it waits for. Nothing else may be
 * missing; the conformance suite prints how many these are.
 */
const awaited: readonly [what: string, operations: RegExp][] = [];

/** Belongs to other issues: no part of what is counted here. */
export const elsewhere =
  /^\w+ \/(tasks|rules|oauth|analytics|export|proof-packs|revenue-intelligence|billing-hub|profile)\b|^PATCH \/settings\/|^GET \/reports\/(summary|task-time|daily-time|income|tax|receivables|unbilled-wip|collections|client-health|billing-pipeline|billing-coverage|unpaid-invoices|billed-vs-collected|tax-liability|timesheet|project-time-breakdown|tag-time-breakdown)$/;

export const isAwaited = (name: string): boolean =>
  awaited.some(([, operations]) => operations.test(name));
