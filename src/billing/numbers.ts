/** Prefix plus the counter, zero-padded to 5 digits and growing past them (BILLING.md section 4). */
export function formatNumber(prefix: string, n: bigint): string {
  return `${prefix}${n.toString().padStart(5, "0")}`;
}
