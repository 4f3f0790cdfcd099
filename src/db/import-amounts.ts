import type { Tx } from "./client.ts";

/** What a record of money comes to over there, in our words for its state. */
export interface ImportAmount {
  /** Of `external_refs`. */
  kind: string;
  externalId: string;
  currency: string;
  status: string;
  /** Minor units. */
  amount: bigint;
}

/** Keeps what records come to over there, until the import's end compares them with ours. */
export async function recordImportAmounts(
  tx: Tx,
  { companyId, importId }: { companyId: number; importId: number },
  amounts: readonly ImportAmount[],
): Promise<void> {
  if (amounts.length === 0) return;
  await tx`
    insert into import_amounts (company_id, import_id, kind, external_id, currency, status, amount)
    select distinct on (kind, external_id)
      ${companyId}, ${importId}, kind, external_id, currency, status, amount
    from unnest(
      ${amounts.map((each) => each.kind)}::text[],
      ${amounts.map((each) => each.externalId)}::text[],
      ${amounts.map((each) => each.currency)}::text[],
      ${amounts.map((each) => each.status)}::text[],
      ${amounts.map((each) => String(each.amount))}::int8[]
    ) as given (kind, external_id, currency, status, amount)
    on conflict (company_id, import_id, kind, external_id) do update
    set currency = excluded.currency, status = excluded.status, amount = excluded.amount
  `;
}
