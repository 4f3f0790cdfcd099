import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

/** An event type that is told in a channel. */
export interface SlackRouteRow {
  companyId: number;
  id: number;
  eventType: string;
  /** Slack's id. */
  channel: string;
  channelName: string;
  isEnabled: boolean;
  /** Slack's word for why the platform disabled it. */
  failureCode: string | null;
  failedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A constraint that a second route of the same type to the same channel violates. */
export const slackRouteKey = "slack_routes_one_each";

interface RouteRef {
  companyId: number;
  id: number;
}

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, event_type, channel, channel_name, is_enabled, failure_code, failed_at,
    created_at, updated_at
  `;
}

/** In the order of types and channels. */
export async function listSlackRoutes(sql: Sql | Tx, companyId: number): Promise<SlackRouteRow[]> {
  return await sql<SlackRouteRow[]>`
    select ${columns(sql)} from slack_routes where company_id = ${companyId}
    order by event_type, channel_name, id
  `;
}

export async function findSlackRoute(
  sql: Sql | Tx,
  { companyId, id }: RouteRef,
): Promise<SlackRouteRow | undefined> {
  const [row] = await sql<SlackRouteRow[]>`
    select ${columns(sql)} from slack_routes where company_id = ${companyId} and id = ${id}
  `;
  return row;
}

/** @throws NotFound */
export async function getSlackRoute(sql: Sql | Tx, ref: RouteRef): Promise<SlackRouteRow> {
  const row = await findSlackRoute(sql, ref);
  if (row === undefined) throw new NotFound("Alert");
  return row;
}

/** All of a company, locked in one order, whoever locks them. What is owed them goes on being noted. */
export async function lockSlackRoutes(tx: Tx, companyId: number): Promise<SlackRouteRow[]> {
  return await tx<SlackRouteRow[]>`
    select ${columns(tx)} from slack_routes where company_id = ${companyId}
    order by id
    for no key update
  `;
}

/** Those of one channel, locked in the same order. */
export async function lockChannelRoutes(
  tx: Tx,
  { companyId, channel }: { companyId: number; channel: string },
): Promise<SlackRouteRow[]> {
  return await tx<SlackRouteRow[]>`
    select ${columns(tx)} from slack_routes
    where company_id = ${companyId} and channel = ${channel}
    order by id
    for no key update
  `;
}

/** Undefined when the type is told in that channel already. */
export async function insertSlackRoute(
  tx: Tx,
  values: Pick<
    SlackRouteRow,
    "companyId" | "eventType" | "channel" | "channelName" | "isEnabled"
  > & { createdBy: number; now: Date },
): Promise<SlackRouteRow | undefined> {
  const { now, ...row } = values;
  const [inserted] = await tx<SlackRouteRow[]>`
    insert into slack_routes ${tx({ ...row, createdAt: now, updatedAt: now })}
    on conflict on constraint slack_routes_one_each do nothing
    returning ${columns(tx)}
  `;
  return inserted;
}

/** @throws a violation of `slackRouteKey` when the type is told in that channel already. */
export async function updateSlackRoute(
  tx: Tx,
  { companyId, id }: RouteRef,
  values: Pick<
    SlackRouteRow,
    "eventType" | "channel" | "channelName" | "isEnabled" | "failureCode" | "failedAt"
  > & { now: Date },
): Promise<SlackRouteRow> {
  const { now, ...row } = values;
  const [updated] = await tx<SlackRouteRow[]>`
    update slack_routes set ${tx({ ...row, updatedAt: now })}
    where company_id = ${companyId} and id = ${id}
    returning ${columns(tx)}
  `;
  if (updated === undefined) throw new NotFound("Alert");
  return updated;
}

/** With what it is owed, also by whoever notes something at this moment. */
export async function deleteSlackRoute(tx: Tx, { companyId, id }: RouteRef): Promise<void> {
  await tx`
    select 1 from slack_routes where company_id = ${companyId} and id = ${id} for update
  `;
  await tx`delete from slack_alerts where company_id = ${companyId} and route_id = ${id}`;
  await tx`delete from slack_routes where company_id = ${companyId} and id = ${id}`;
}
