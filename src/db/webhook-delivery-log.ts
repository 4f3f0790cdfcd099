import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";
import {
  webhookDeliveryColumns,
  type WebhookDeliveryRow,
  type WebhookDeliveryStatus,
} from "./webhook-deliveries.ts";

export interface DeliveryFilter {
  companyId: number;
  endpointId: number;
  status?: WebhookDeliveryStatus | undefined;
  type?: string | undefined;
}

export async function getWebhookDelivery(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<WebhookDeliveryRow> {
  const [row] = await sql<WebhookDeliveryRow[]>`
    select ${webhookDeliveryColumns(sql)} from webhook_deliveries
    -- Which of the company's few it is, is part of the key.
    where company_id = ${companyId} and id = ${id}
      and endpoint_id in (select id from webhook_endpoints where company_id = ${companyId})
  `;
  if (row === undefined) throw new NotFound("Webhook delivery");
  return row;
}

/** Newest first. */
export async function listWebhookDeliveries(
  sql: Sql | Tx,
  filter: DeliveryFilter & { limit: number; offset: number },
): Promise<WebhookDeliveryRow[]> {
  return await sql<WebhookDeliveryRow[]>`
    select ${webhookDeliveryColumns(sql)} from webhook_deliveries
    where ${matches(sql, filter)}
    order by id desc
    limit ${filter.limit} offset ${filter.offset}
  `;
}

export async function countWebhookDeliveries(
  sql: Sql | Tx,
  filter: DeliveryFilter,
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from webhook_deliveries where ${matches(sql, filter)}
  `;
  return row?.count ?? 0;
}

function matches(sql: Sql | Tx, { companyId, endpointId, status, type }: DeliveryFilter) {
  return sql`
    company_id = ${companyId} and endpoint_id = ${endpointId}
    ${status === undefined ? sql`` : sql`and status = ${status}`}
    ${type === undefined ? sql`` : sql`and type = ${type}`}
  `;
}

/** Forgets deliveries made before, whatever became of them, a few at a time. Returns how many. */
export async function deleteWebhookDeliveriesBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql<{ id: number }[]>`
    with oldest as (
      select company_id, endpoint_id, id from webhook_deliveries
      where created_at < ${before}
      order by created_at
      limit ${limit}
      for update skip locked
    )
    delete from webhook_deliveries using oldest
    where webhook_deliveries.company_id = oldest.company_id
      and webhook_deliveries.endpoint_id = oldest.endpoint_id
      and webhook_deliveries.id = oldest.id
    returning webhook_deliveries.id
  `;
  return rows.length;
}
