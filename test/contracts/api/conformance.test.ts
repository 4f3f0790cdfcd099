import { expect, test } from "vitest";
import { errorText } from "../../../src/errors.ts";
import type { Reply } from "../../integration/api/start-api.ts";
import { describeWithData } from "../../support/shared-data.ts";
import { answerCases, caseName, furtherAnswers } from "./answer-cases.ts";
import { shortcomings } from "./compare-answer.ts";
import {
  readBaseContract,
  readOtherContracts,
  type DocumentedAnswer,
  type DocumentedOperation,
  type OtherOperation,
  type Parameter,
} from "./contract-document.ts";
import { backFromFreshBooks } from "./freshbooks-recipes.ts";
import { operationNamed, operations } from "./described-operations.ts";
import { atLimit, breachesOf, goodBody } from "./documented-body.ts";
import { knownValue } from "./field-recipes.ts";
import { ask as askGood, goodRequest, goodUpload, type GoodRequest } from "./good-request.ts";
import { arrange, callers } from "./arrange.ts";
import { backFromStripe } from "./stripe-recipes.ts";
import { openWorld, startUnlimitedApi, type Made, type World } from "./world.ts";

const served = new Set(operations.map(({ name }) => name));

describeWithData("contracts/tidybill.json", (file) => {
  const contract = readBaseContract(file);
  const present = contract.filter(({ name }) => served.has(name));

  test("every operation is there", () => {
    expect(contract.filter(({ name }) => !served.has(name)).map(({ name }) => name)).toEqual([]);
  });

  test("every operation answers as documented", async () => {
    const world = await openWorld(await startUnlimitedApi(), "Harbour Studio");
    const faults: string[] = [];
    let covered = 0;
    for (const operation of present) {
      const found = await collect(() =>
        tryAnswer(world, operation, isCreation(contract, operation)),
      );
      faults.push(...found.map((text) => `${operation.name}: ${text}`));
      if (found.length === 0) covered += 1;
    }
    console.log(`tidybill: ${covered} / ${contract.length} operations answer as documented`);
    expect(faults).toEqual([]);
    expect(covered).toBe(contract.length);
  });

  test("every further answer is as documented", async () => {
    const world = await openWorld(await startUnlimitedApi(), "Harbour Studio");
    const cases = contract.flatMap((operation) =>
      furtherAnswers(operation).map((answer) => ({ name: caseName(operation, answer), answer })),
    );
    const faults: string[] = [];
    for (const { name, answer } of cases) {
      const found = await collect(async () => {
        const bringAbout = answerCases[name];
        if (bringAbout === undefined) return ["answer-cases.ts does not say how it comes about"];
        return answerFaults(answer, answer.status, await bringAbout(world));
      });
      faults.push(...found.map((text) => `${name}: ${text}`));
    }
    expect(faults).toEqual([]);
  });

  test("every documented limit is kept, with a 422 that names the field", async () => {
    const world = await openWorld(await startUnlimitedApi(), "Harbour Studio");
    const faults: string[] = [];
    let limits = 0;
    for (const operation of present) {
      const found = await collect(async () => {
        const tried = await tryLimits(world, operation);
        limits += tried.limits;
        return tried.faults;
      });
      faults.push(...found.map((text) => `${operation.name}: ${text}`));
    }
    console.log(`tidybill: ${limits} documented limits were tried`);
    expect(faults).toEqual([]);
  });
});

describeWithData("contracts/others.json", (file) => {
  test.each([...readOtherContracts(file)])(
    "%s: every operation answers",
    async (seed, documented) => {
      const world = await openWorld(await startUnlimitedApi(), "Harbour Studio");
      expect(documented.filter(({ name }) => !served.has(name)).map(({ name }) => name)).toEqual(
        [],
      );
      const faults: string[] = [];
      let covered = 0;
      for (const { name, query } of documented) {
        const found = await collect(async () => {
          const operation = operationNamed(name);
          const request = await goodRequest(world, operation);
          const bad: string[] = [];
          for (const address of await addressesAsked(world, { name, query }, request)) {
            const { status, text } = await askGood(world, operation, { ...request, address });
            if (status >= 400) bad.push(`${address}: ${status} ${text}`);
          }
          return bad;
        });
        faults.push(...found.map((text) => `${name}: ${text}`));
        if (found.length === 0) covered += 1;
      }
      console.log(`${seed}: ${covered} / ${documented.length} operations answer`);
      expect(faults).toEqual([]);
      expect(covered).toBe(documented.length);
    },
  );
});

/** The address that works, and with everything that the document asks: each way in which it can be asked. */
async function addressesAsked(
  world: World,
  { name, query }: OtherOperation,
  { address, records }: GoodRequest,
): Promise<string[]> {
  const asked: string[] = [address];
  const ways = Math.max(0, ...query.map(({ values }) => Math.max(1, values.length)));
  for (let way = 0; way < ways; way += 1) {
    const pairs = new URLSearchParams();
    for (const parameter of query) {
      const known = await knownValue(world, name, { name: parameter.name, records });
      const value = parameter.values[way % parameter.values.length] ?? known?.value;
      pairs.set(parameter.name, textOf(value));
    }
    asked.push(`${address.split("?")[0]}?${pairs.toString()}`);
  }
  return asked;
}

/** What is thrown on the way is a fault like any other: the sweep goes on. */
async function collect(attempt: () => Promise<string[]>): Promise<string[]> {
  return await attempt().catch((error: unknown) => [errorText(error)]);
}

/** What only a browser that comes back from a provider's page can ask. */
const waysBack: Readonly<
  Record<string, (world: World) => Promise<{ path: string; cookie: string }>>
> = {
  "GET /settings/stripe/callback": backFromStripe,
  "GET /settings/freshbooks/callback": backFromFreshBooks,
};

/** Where a sample is not followed, with the reason. */
const decidedOtherwise = new Set([
  // "Clears the client association", says the text above the sample.
  "POST /projects/{}/move: data.client_id is null, not a number",
  "POST /recurring-invoices/{}/move: data.client_id is null, not a number",
  // A project without a rate of its own: its time goes by the service's, the member's or the company's.
  "POST /quotes/{}/convert-to-project: data.hourly_rate is null, not a number",
  // The plan of an installation of one's own: paid for by nobody, and without limits.
  "GET /billing/subscription: data.current_period_end is null, not a string",
  "GET /billing/usage: data.max_companies is null, not a number",
]);

async function tryAnswer(
  world: World,
  operation: DocumentedOperation,
  isMade: boolean,
): Promise<string[]> {
  const { address, records } = await arrange(world, operation);
  const body = await documentedBody(world, operation, records);
  const { token } = (await callers[operation.name]?.(world)) ?? world;
  const ask = async (query: string): Promise<Reply> =>
    await world.call(operation.method, `${address}${query}`, body, { token });
  const successes = operation.answers.filter(({ status }) => status < 400);
  const [documented] = successes;
  if (documented === undefined) return ["the document shows no success"];
  const status = isMade ? 201 : documented.status;
  const required = operation.query.filter(({ optional }) => !optional);
  const back = await waysBack[operation.name]?.(world);
  const reply =
    back === undefined
      ? await ask(await documentedQuery(world, { ...operation, query: required }, records))
      : await world.api.ask("GET", back.path, { headers: { cookie: back.cookie } });
  const faults = answerFaults(documented, status, reply).filter(
    (text) => !decidedOtherwise.has(`${operation.name}: ${text}`),
  );
  // What is made or changed is there with what was sent.
  const isKept = isMade || ["PUT", "PATCH"].includes(operation.method);
  if (isKept) faults.push(...lostFields(body, reply));
  if (operation.query.length === required.length) return faults;
  const asked = await ask(await documentedQuery(world, operation, records));
  if (asked.status !== status) return [...faults, `with its query: ${asked.text}`];
  // A filter may leave nothing to look at, and a question may need its parameters: one will do.
  return faults.length === 0 || answerFaults(documented, status, asked).length === 0 ? [] : faults;
}

/** Bodies that the document forgot; it has them for the like. */
const forgottenBodies: Readonly<Record<string, readonly Parameter[]>> = {
  "POST /invoices/{}/move": [
    { name: "target_company_id", type: "integer", optional: false, rules: "" },
  ],
};

async function documentedBody(
  world: World,
  { name, body }: DocumentedOperation,
  records: readonly Made[],
): Promise<Record<string, unknown> | FormData | undefined> {
  const upload = await goodUpload(operationNamed(name));
  const parameters = forgottenBodies[name] ?? body;
  if (parameters.length === 0 || upload !== undefined) return upload;
  return await goodBody(world, name, { parameters, records });
}

/** Every documented parameter of the query, as the document's examples have it. */
async function documentedQuery(
  world: World,
  { name: operation, query }: DocumentedOperation,
  records: readonly Made[],
): Promise<string> {
  const pairs = new URLSearchParams();
  for (const { name, rules } of query) {
    const inner = /\[(\w+)\]/.exec(name)?.[1] ?? name;
    const known = await knownValue(world, operation, { name: inner, records });
    const example = /Example: (.*)$/.exec(rules)?.[1] ?? "";
    const isKnown = known !== undefined && !Array.isArray(known.value);
    pairs.set(name, isKnown ? textOf(known.value) : example);
  }
  return pairs.size === 0 ? "" : `?${pairs.toString()}`;
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

function answerFaults(documented: DocumentedAnswer, status: number, reply: Reply): string[] {
  if (reply.status !== status) {
    return [`${reply.status} instead of ${status}: ${reply.text.slice(0, 300)}`];
  }
  const sample = documented.json;
  if (documented.note?.startsWith("PDF") === true) {
    const type = reply.headers.get("content-type");
    const isOne = type === "application/pdf" && reply.text.startsWith("%PDF-");
    return isOne ? [] : [`is ${type}, no PDF`];
  }
  if (status === 302) return reply.headers.has("location") ? [] : ["leads nowhere"];
  return shortcomings(withoutStatus(sample), reply.body);
}

/** The document shows the status of a creation beside its data; it is the answer's own (API.md, oddities). */
function withoutStatus(sample: unknown): unknown {
  if (typeof sample !== "object" || sample === null || !("data" in sample)) return sample;
  return Object.fromEntries(Object.entries(sample).filter(([key]) => key !== "status"));
}

/** What was sent and comes back otherwise: read, but not kept. */
function lostFields(sent: Record<string, unknown> | FormData | undefined, reply: Reply): string[] {
  const shown = new Map<string, unknown>(Object.entries(reply.body?.data ?? {}));
  return Object.entries(sent ?? {}).flatMap(([name, value]) => {
    const back = shown.get(name);
    const isSame =
      String(back) === String(value) ||
      (typeof value === "number" && Number(back) === value) ||
      // A date is shown as that day's midnight.
      (typeof back === "string" && back === `${String(value)}T00:00:00.000000Z`);
    if (!shown.has(name) || typeof value === "object" || isSame) return [];
    return [`${name} was sent as ${JSON.stringify(value)} and is ${JSON.stringify(back)}`];
  });
}

async function tryLimits(
  world: World,
  operation: DocumentedOperation,
): Promise<{ limits: number; faults: string[] }> {
  if (operation.body.length === 0) return { limits: 0, faults: [] };
  const { address, records } = await arrange(world, operation);
  const body = (await documentedBody(world, operation, records)) ?? {};
  // A file has limits of another kind, which the tests of uploads try.
  if (body instanceof FormData) return { limits: 0, faults: [] };
  const faults: string[] = [];
  let limits = 0;
  for (const breach of breachesOf(operation.body, body)) {
    // PATCH may leave out what PUT must give.
    if (breach.kind === "missing" && operation.method === "PATCH") continue;
    const reply = await world.call(operation.method, address, breach.body);
    limits += breach.fields.length;
    for (const field of breach.fields) {
      if (reply.status === 422 && isNamed(reply, field)) continue;
      faults.push(`${field} ${breach.kind}: ${reply.status} ${reply.text.slice(0, 200)}`);
    }
  }
  for (const which of ["least", "most"] as const) {
    const edge = atLimit(operation.body, body, which);
    if (edge.fields.length === 0) continue;
    const reply = await world.call(operation.method, address, edge.body);
    limits += edge.fields.length;
    for (const field of edge.fields.filter((name) => isNamed(reply, name))) {
      faults.push(`${field} at its ${which}: ${reply.text.slice(0, 200)}`);
    }
  }
  return { limits, faults };
}

function isNamed(reply: Reply, field: string): boolean {
  return Object.keys(reply.body?.errors ?? {}).some(
    (name) => name === field || name.startsWith(`${field}.`),
  );
}

/** A record that was made answers 201, however the document labels it (API.md, oddities). */
function isCreation(
  contract: readonly DocumentedOperation[],
  { method, name, answers }: DocumentedOperation,
): boolean {
  const isShown = answers.some(({ json }) => JSON.stringify(json).includes('"status":"201"'));
  const path = name.split(" ")[1];
  const isReadable = contract.some((other) => other.name === `GET ${path}/{}`);
  return method === "POST" && (isShown || isReadable || path === "/timer/start");
}
