import { expect, test } from "vitest";
import { openCompany } from "../../support/company.ts";
import { startPlatform } from "../../support/platform.ts";
import { insertClient, insertSeries } from "../../support/records.ts";
import { setup } from "../../support/setup.ts";

async function open() {
  const platform = await startPlatform(await setup());
  const company = await openCompany(platform, { testClock: "2026-01-01T02:00:00Z" });
  const clientId = await insertClient(platform.sql, company.id);
  return { sql: platform.sql, platform, company, owner: { companyId: company.id, clientId } };
}

test("a night is run and previewed over the API, and its run tells what it did", async () => {
  const { sql, company, owner } = await open();
  await insertSeries(sql, owner);
  const preview = await company.settle(await company.accept("/nights", { dry_run: true }));
  expect(preview.result).toMatchObject({
    status: "previewed",
    report: { generated: { count: 1 } },
  });
  expect((await company.list("/nights")).data).toEqual([]);
  const run = await company.settle(await company.accept("/nights"));
  expect(run.result).toMatchObject({ status: "completed", report: preview.result.report });
  const [night] = (await company.list("/nights?filter[status]=completed")).data;
  expect(night).toMatchObject({ business_date: "2026-01-01", run_id: run.id });
  expect(await company.get(`/nights/${night.id}`)).toMatchObject({
    report: preview.result.report,
    failures: { parked: [], undelivered: [] },
  });
});

test("what is wrong with the date of a night is said, and no run is made", async () => {
  const { sql, company } = await open();
  for (const date of ["2026-01-02", "2026-02-30", "0001-01-01", "today", 20260101]) {
    const answer = await company.try("POST", "/nights", { business_date: date });
    expect(answer, String(date)).toMatchObject({
      status: 422,
      json: { errors: { business_date: [expect.anything()] } },
    });
  }
  expect(await company.try("POST", "/nights", { dryrun: true })).toMatchObject({ status: 422 });
  expect(await sql`select id from job_runs where company_id = ${company.id}`).toEqual([]);
});

test("a night and its runs are nobody else's business", async () => {
  const { platform, company } = await open();
  const run = await company.settle(await company.accept("/nights"));
  const [night] = (await company.list("/nights")).data;
  const other = await openCompany(platform);
  const paths = [
    ["GET", `/nights/${night.id}`],
    ["POST", `/nights/${night.id}/release`],
    ["GET", `/runs/${run.id}`],
    ["GET", `/runs/${run.id}/events`],
    ["POST", `/runs/${run.id}/retry`],
    ["POST", `/runs/${run.id}/cancel`],
  ] as const;
  for (const [method, path] of paths) {
    expect((await other.try(method, path)).status, path).toBe(404);
  }
  expect((await company.try("POST", `/nights/${night.id}/release`)).status).toBe(409);
  expect((await company.try("POST", `/runs/${run.id}/retry`)).status).toBe(409);
  expect((await company.try("GET", "/runs/none")).status).toBe(404);
});

test("a held night is released once, and then runs whatever the limit", async () => {
  const { sql, company, owner } = await open();
  await insertSeries(sql, owner);
  await sql`update companies set night_max_amount = 9999 where id = ${company.id}`;
  const held = await company.settle(await company.accept("/nights"));
  expect(held.result).toMatchObject({
    status: "held",
    reason:
      "it would bill $100.00, more than the limit of $99.99, which is 9999 minor units of each currency by itself",
  });
  const [night] = (await company.list("/nights?filter[status]=held")).data;
  expect(night).toMatchObject({ report: {}, preview: { generated: { count: 1 } } });
  const released = await company.settle(await company.accept(`/nights/${night.id}/release`));
  expect(released.result).toMatchObject({ status: "completed" });
  expect((await company.try("POST", `/nights/${night.id}/release`)).status).toBe(409);
  expect(await company.get(`/nights/${night.id}`)).toMatchObject({
    status: "completed",
    report: { generated: { count: 1 } },
  });
});

test("runs are found by job, status, key and time", async () => {
  const { company } = await open();
  const run = await company.settle(await company.accept("/nights"));
  const idsOf = async (query: string) =>
    (await company.list(`/runs?${query}`)).data.map(({ id }: { id: string }) => id);
  expect(await idsOf("filter[job]=night.run")).toEqual([run.id]);
  expect(await idsOf("filter[status]=succeeded")).toEqual([run.id]);
  expect(await idsOf("filter[status]=dead")).toEqual([]);
  expect(await idsOf(`filter[key]=${encodeURIComponent(run.key)}`)).toEqual([run.id]);
  expect(await idsOf("filter[created_to]=2020-01-01T00:00:00Z")).toEqual([]);
  expect(await idsOf("filter[created_from]=2020-01-01T00:00:00Z")).toEqual([run.id]);
  const between =
    "filter[created_from]=2020-01-02T00:00:00Z&filter[created_to]=2020-01-01T00:00:00Z";
  const early = "filter[created_from]=0000-01-01T00:00:00Z";
  for (const wrong of ["filter[status]=odd", between, early]) {
    expect((await company.try("GET", `/runs?${wrong}`)).status).toBe(422);
  }
});
