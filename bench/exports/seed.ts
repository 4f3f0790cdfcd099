import type { Sql } from "../../src/db/client.ts";

export const COMPANY_ID = 1;
export const USER_ID = 1;

/** What the entries look like, told beside the figures. */
export const ENTRIES_DATA =
  "one company's time entries of three years, by 50 people on 1,000 projects of 500 clients; nine of ten " +
  "billable, a third with instants of a timer, notes of 40 characters, some with commas and quotes";

/** Fills a migrated, empty database. The same number of entries gives the same rows. */
export async function seedEntries(sql: Sql, entries: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      insert into companies (name, plan, created_at, updated_at)
      values ('Company', 'enterprise', '2023-12-01', '2023-12-01')
    `;
    await tx`
      insert into users (name, email)
      select 'Person ' || n, 'person-' || n || '@bench.test' from generate_series(1, 50) as n
    `;
    await tx`
      insert into company_members (company_id, user_id, role)
      select ${COMPANY_ID}, id, case when id = ${USER_ID} then 'owner' else 'member' end from users
    `;
    await tx`
      insert into clients (company_id, name, currency, created_at, updated_at)
      select ${COMPANY_ID}, 'Client ' || n, 'USD', '2023-12-01', '2023-12-01'
      from generate_series(1, 500) as n
    `;
    await tx`
      insert into projects (company_id, client_id, name, created_at, updated_at)
      select ${COMPANY_ID}, 1 + n % 500, 'Project ' || n, '2023-12-01', '2023-12-01'
      from generate_series(1, 1000) as n
    `;
    // Every row names others that are there; looking each of them up would take longer than all else.
    await tx`set local session_replication_role = replica`;
    await tx`
      insert into time_entries (
        company_id, user_id, client_id, project_id, date, duration, started_at, ended_at,
        is_billable, hourly_rate, notes, created_at, updated_at
      )
      select
        ${COMPANY_ID}, 1 + n % 50, 1 + project % 500, project, worked_at::date, seconds,
        case when n % 3 = 0 then worked_at end,
        case when n % 3 = 0 then worked_at + seconds * interval '1 second' end, n % 10 <> 0,
        9000 + n % 6000, 'Work on "part ' || lpad((n % 100000)::text, 6, '0') || '", as agreed upon',
        worked_at, worked_at
      from (
        select
          n, 1 + (n * 7919 % 1000)::int as project, (900 + n * 31 % 28000)::int as seconds,
          '2024-01-01 08:00Z'::timestamptz + (n * 1096 / (${entries}::int8 + 1)) * interval '1 day'
            + n * 7877 % 36000 * interval '1.000001 second' as worked_at
        from generate_series(1::int8, ${entries}::int8) as n
      ) as planned
      order by n
    `;
  });
  await sql`vacuum (analyze)`;
}
