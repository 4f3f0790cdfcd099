import { eventually } from "./eventually.ts";
import type { TestPlatform } from "./platform.ts";

/** What the API answers, as far as tests look at it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the answer's shape is what tests are about
type Json = any;

export interface TestCompany {
  id: number;
  token: string;
  /** One call of the API in this company; fails the test on a status of 400 or more. */
  call(method: string, path: string, body?: unknown): Promise<Json>;
  /** The same, whatever the status. */
  try(method: string, path: string, body?: unknown): Promise<{ status: number; json: Json }>;
  get(path: string): Promise<Json>;
  list(path: string): Promise<Json>;
  post(path: string, body?: unknown): Promise<Json>;
  put(path: string, body?: unknown): Promise<Json>;
  delete(path: string): Promise<void>;
  /** Posts what answers 202, and returns the run's id. */
  accept(path: string, body?: unknown): Promise<string>;
  /** Waits until a run has ended, and returns it; fails the test unless it succeeded. */
  settle(runId: string): Promise<Json>;
  /** Advances the company's test clock and waits until every night in between is over. */
  advance(to: Date | string): Promise<Json>;
}

export interface CompanyOptions {
  name?: string;
  timezone?: string;
  currency?: string;
  /** Makes it a test company living at this instant. */
  testClock?: string;
  /** Further keys of POST /companies. */
  settings?: Record<string, unknown>;
}

/** Of a run that goes on by itself no more. */
const ENDED = new Set(["succeeded", "skipped", "dead", "cancelled", "held"]);

let people = 0;

/** Registers a person and opens a company, over the API. */
export async function openCompany(
  platform: TestPlatform,
  {
    name = "Harbour Studio",
    timezone = "UTC",
    currency = "USD",
    testClock,
    settings,
  }: CompanyOptions = {},
): Promise<TestCompany> {
  people += 1;
  const registered = await request(platform, undefined, "POST", "/auth/register", {
    name: `Owner ${people}`,
    email: `owner-${process.pid}-${people}@company.test`,
    password: "correct horse battery",
  });
  const token: string = expectOk("POST /auth/register", registered).token;
  const call = async (method: string, path: string, body?: unknown): Promise<Json> =>
    expectOk(`${method} ${path}`, await request(platform, token, method, path, body));
  const company = await call("POST", "/companies", { name, timezone, currency, ...settings });
  if (testClock !== undefined) await call("POST", "/test-clock", { now: testClock });
  return companyOf(platform, token, company.data.id, call);
}

function companyOf(
  platform: TestPlatform,
  token: string,
  id: number,
  call: TestCompany["call"],
): TestCompany {
  const accept = async (path: string, body?: unknown) =>
    (await call("POST", path, body)).data.id as string;
  const settle = async (runId: string) => {
    // Asked of the database: what the API does to answer would hold up what is waited for.
    await eventually(
      async () => {
        const [run] = await platform.sql<{ status: string }[]>`
          select status from job_runs where id = ${runId}
        `;
        return ENDED.has(run?.status ?? "");
      },
      { withinMs: 300_000 },
    );
    const run = (await call("GET", `/runs/${runId}`)).data;
    if (run.status !== "succeeded") throw new Error(`run ended ${JSON.stringify(run)}`);
    return run;
  };
  return {
    id,
    token,
    call,
    try: async (method, path, body) => await request(platform, token, method, path, body),
    get: async (path) => (await call("GET", path)).data,
    list: async (path) => await call("GET", path),
    post: async (path, body) => (await call("POST", path, body))?.data,
    put: async (path, body) => (await call("PUT", path, body)).data,
    delete: async (path) => void (await call("DELETE", path)),
    accept,
    settle,
    advance: async (to) =>
      await settle(await accept("/test-clock/advance", { to: new Date(to).toISOString() })),
  };
}

async function request(
  { url }: TestPlatform,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: Json }> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, json: isJson ? JSON.parse(text) : text };
}

function expectOk(what: string, answer: { status: number; json: Json }): Json {
  if (answer.status < 400) return answer.json;
  throw new Error(`${what} answered ${answer.status}: ${JSON.stringify(answer.json)}`);
}
