import { expect } from "vitest";
import type { Sql } from "../../../src/db/client.ts";
import { movableTables } from "../../../src/db/move-rules.ts";
import { runNight } from "../../../src/jobs/billing/night.ts";
import { listForeignKeys } from "../../support/schema-dump.ts";
import { startApi, type ApiSetup, type Person, type Reply } from "../api/start-api.ts";

/** Answers of all routes; tests look into them freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Data = any;

/** One of a person's companies. */
export interface Side {
  companyId: number;
  call: (method: string, path: string, body?: unknown) => Promise<Reply>;
  /** A call that must answer with this status; returns `data`. */
  expectCall: (status: number, method: string, path: string, body?: unknown) => Promise<Data>;
  client: (fields?: Record<string, unknown>) => Promise<Data>;
  /** The types of the events about a record, oldest first. */
  story: (subjectType: string, subjectId: number) => Promise<string[]>;
  night: (businessDate: string) => ReturnType<typeof runNight>;
}

export interface Moving extends ApiSetup, Person {
  here: Side;
  there: Side;
}

/** The API with one person who owns two companies. */
export async function startMoving(): Promise<Moving> {
  const api = await startApi();
  const person = await api.signUp();
  const here = sideOf(api, person.token, person.companyId);
  const second = await here.expectCall(201, "POST", "/companies", { name: "Second" });
  return { ...api, ...person, here, there: sideOf(api, person.token, second.id) };
}

function sideOf(api: ApiSetup, token: string, companyId: number): Side {
  const call: Side["call"] = async (method, path, body) =>
    await api.ask(method, `/api/v1${path}`, {
      token,
      body,
      headers: { "x-company-id": String(companyId) },
    });
  const expectCall: Side["expectCall"] = async (status, method, path, body) => {
    const reply = await call(method, path, body);
    if (reply.status === 500) throw new Error(`${method} ${path}: ${api.logLines.join("")}`);
    expect({ path, status: reply.status, text: reply.text }).toMatchObject({ path, status });
    return reply.body?.data;
  };
  return {
    companyId,
    call,
    expectCall,
    client: async (fields = {}) =>
      await expectCall(201, "POST", "/clients", {
        name: "Maple Street Bakery",
        email: "books@maple.example",
        ...fields,
      }),
    story: async (subjectType, subjectId) => {
      const log = await expectCall(
        200,
        "GET",
        `/activity-log?subject_type=${subjectType}&subject_id=${subjectId}`,
      );
      return log.map(({ event }: { event: string }) => event).toReversed();
    },
    night: async (businessDate) =>
      await runNight(
        { sql: api.sql, clock: api.clock, signal: new AbortController().signal },
        { companyId, businessDate },
      ),
  };
}

/** How many rows a company has in each table that moves take along, empty ones left out. */
export async function countMovable(sql: Sql, companyId: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of [...movableTables].toSorted()) {
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int as count from ${sql(table)} where company_id = ${companyId}
    `;
    if (row!.count > 0) counts[table] = row!.count;
  }
  return counts;
}

/** Rows whose reference leads nowhere, by reference: none, ever. */
export async function findDangling(sql: Sql): Promise<string[]> {
  const dangling: string[] = [];
  for (const { name, table, columns, target, targetColumns } of await listForeignKeys(sql)) {
    const [first, second] = columns;
    if (first === undefined || second === undefined) continue;
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int as count
      from ${sql(table)} as child
      left join ${sql(target)} as parent
        on parent.${sql(targetColumns[0]!)} = child.${sql(first)}
        and parent.${sql(targetColumns[1]!)} = child.${sql(second)}
      where child.${sql(second)} is not null and parent.${sql(targetColumns[1]!)} is null
    `;
    if (row!.count > 0) dangling.push(`${table}: ${name}`);
  }
  return dangling;
}
