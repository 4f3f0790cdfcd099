import type { Sql } from "./client.ts";

export interface UsageRow {
  companyId: number;
  apiTokenId: number;
  /** The route as documented, e.g. "/clients/:id": no ids, no query. */
  endpoint: string;
  method: string;
  status: number;
  durationMs: number;
  userAgent: string | null;
  ipHash: Buffer;
  requestId: string;
  usedAt: Date;
}

export async function insertUsage(sql: Sql, rows: readonly UsageRow[]): Promise<void> {
  await sql`
    insert into api_usage (
      company_id, api_token_id, endpoint, method, status, duration_ms, user_agent, ip_hash,
      request_id, used_at
    )
    select
      company_id, api_token_id, endpoint, method, status, duration_ms, user_agent,
      decode(ip_hash, 'hex'), request_id, used_at
    from unnest(
      ${rows.map((row) => row.companyId)}::bigint[],
      ${rows.map((row) => row.apiTokenId)}::bigint[],
      ${rows.map((row) => row.endpoint)}::text[],
      ${rows.map((row) => row.method)}::text[],
      ${rows.map((row) => row.status)}::int[],
      ${rows.map((row) => row.durationMs)}::int[],
      ${rows.map((row) => row.userAgent)}::text[],
      ${rows.map((row) => row.ipHash.toString("hex"))}::text[],
      ${rows.map((row) => row.requestId)}::text[],
      ${rows.map((row) => row.usedAt.toISOString())}::timestamptz[]
    ) as given (
      company_id, api_token_id, endpoint, method, status, duration_ms, user_agent, ip_hash,
      request_id, used_at
    )
  `;
}

/** Deletes up to `limit` records of uses long ago. Returns how many. */
export async function deleteUsageBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from api_usage
    where id in (select id from api_usage where used_at < ${before} limit ${limit})
    returning 1
  `;
  return rows.length;
}
