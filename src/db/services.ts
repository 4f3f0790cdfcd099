import type { Sql, Tx } from "./client.ts";

export interface ServiceRow {
  id: number;
  type: "service" | "product";
  name: string;
  description: string | null;
  /** Minor units for one unit. */
  defaultRate: bigint | null;
  unit: string | null;
  taxName1: string | null;
  /** Basis points, decimal text with three places. */
  taxRate1: string | null;
  taxName2: string | null;
  taxRate2: string | null;
  isActive: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export type ServiceFields = Omit<ServiceRow, "id" | "createdAt" | "updatedAt">;

export interface ServiceFilter {
  companyId: number;
  search: string | undefined;
  type: "service" | "product" | undefined;
  isActive: boolean | undefined;
}

export const serviceSortFields = [
  "name",
  "type",
  "default_rate",
  "created_at",
  "updated_at",
  "id",
] as const;
export type ServiceSortField = (typeof serviceSortFields)[number];

export async function findService(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ServiceRow | undefined> {
  const [row] = await sql<ServiceRow[]>`
    select ${columns(sql)}
    from services
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  return row;
}

export async function lockService(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ServiceRow | undefined> {
  const [row] = await tx<ServiceRow[]>`
    select ${columns(tx)}
    from services
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    for no key update
  `;
  return row;
}

export async function listServices(
  sql: Sql | Tx,
  filter: ServiceFilter & {
    sort: { field: ServiceSortField; isDescending: boolean };
    limit: number;
    offset: number;
  },
): Promise<ServiceRow[]> {
  const direction = filter.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<ServiceRow[]>`
    select ${columns(sql)}
    from services
    where ${matches(sql, filter)}
      ${filter.isActive === undefined ? sql`` : sql`and is_active = ${filter.isActive}`}
    order by ${sql(filter.sort.field)} ${direction} nulls last, id ${direction}
    limit ${filter.limit} offset ${filter.offset}
  `;
}

export async function countServices(
  sql: Sql | Tx,
  filter: ServiceFilter,
): Promise<{ active: number; inactive: number }> {
  const [row] = await sql<{ active: number; inactive: number }[]>`
    select
      count(*) filter (where is_active)::int as active,
      count(*) filter (where not is_active)::int as inactive
    from services
    where ${matches(sql, filter)}
  `;
  return row ?? { active: 0, inactive: 0 };
}

export async function insertService(
  tx: Tx,
  service: ServiceFields & { companyId: number; now: Date },
): Promise<ServiceRow> {
  const [row] = await tx<ServiceRow[]>`
    insert into services (
      company_id, type, name, description, default_rate, unit, tax_name_1, tax_rate_1, tax_name_2,
      tax_rate_2, is_active, created_at, updated_at
    )
    values (
      ${service.companyId}, ${service.type}, ${service.name}, ${service.description},
      ${service.defaultRate}, ${service.unit}, ${service.taxName1}, ${service.taxRate1},
      ${service.taxName2}, ${service.taxRate2}, ${service.isActive}, ${service.now}, ${service.now}
    )
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error("the service was not inserted");
  return row;
}

export async function updateService(
  tx: Tx,
  service: ServiceFields & { companyId: number; id: number; now: Date },
): Promise<ServiceRow> {
  const [row] = await tx<ServiceRow[]>`
    update services
    set type = ${service.type},
      name = ${service.name},
      description = ${service.description},
      default_rate = ${service.defaultRate},
      unit = ${service.unit},
      tax_name_1 = ${service.taxName1},
      tax_rate_1 = ${service.taxRate1},
      tax_name_2 = ${service.taxName2},
      tax_rate_2 = ${service.taxRate2},
      is_active = ${service.isActive},
      updated_at = ${service.now}
    where company_id = ${service.companyId} and id = ${service.id} and deleted_at is null
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error(`service ${service.id} is gone`);
  return row;
}

/** Locks services in one order, so that two bulk actions never wait for each other in a circle. */
export async function lockServices(
  tx: Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<number[]> {
  const rows = await tx<{ id: number }[]>`
    select id
    from services
    where company_id = ${companyId} and id = any(${[...ids]}::bigint[]) and deleted_at is null
    order by id
    for no key update
  `;
  return rows.map((row) => row.id);
}

/** Returns the ids of those that were not so yet. */
export async function setServicesActive(
  tx: Tx,
  change: { companyId: number; ids: readonly number[]; isActive: boolean; now: Date },
): Promise<number[]> {
  const rows = await tx<{ id: number }[]>`
    update services
    set is_active = ${change.isActive}, updated_at = ${change.now}
    where company_id = ${change.companyId}
      and id = any(${[...change.ids]}::bigint[])
      and is_active <> ${change.isActive}
      and deleted_at is null
    returning id
  `;
  return rows.map((row) => row.id);
}

/** A deleted service stays on the lines that were made from it. */
export async function markServicesDeleted(
  tx: Tx,
  change: { companyId: number; ids: readonly number[]; now: Date },
): Promise<number[]> {
  const rows = await tx<{ id: number }[]>`
    update services
    set deleted_at = ${change.now}, updated_at = ${change.now}
    where company_id = ${change.companyId}
      and id = any(${[...change.ids]}::bigint[])
      and deleted_at is null
    returning id
  `;
  return rows.map((row) => row.id);
}

function matches(sql: Sql | Tx, filter: ServiceFilter) {
  return sql`
    company_id = ${filter.companyId}
    and deleted_at is null
    ${
      filter.search === undefined
        ? sql``
        : sql`and strpos(lower(name), lower(${filter.search})) > 0`
    }
    ${filter.type === undefined ? sql`` : sql`and type = ${filter.type}`}
  `;
}

function columns(sql: Sql | Tx) {
  return sql`
    id, type, name, description, default_rate, unit, tax_name_1, tax_rate_1, tax_name_2, tax_rate_2,
    is_active, created_at, updated_at
  `;
}
