import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { scopesOf } from "../../../src/api/define-route.ts";
import type { Scope } from "../../../src/api/scopes.ts";
import type { Reply } from "../../integration/api/start-api.ts";
import { replyFaults, wordsOf } from "./check-reply.ts";
import { addressOfNothing, type DescribedOperation } from "./described-operations.ts";
import { changedTables, createFingerprints, type Fingerprint } from "./fingerprint.ts";
import { ask, goodRequest, jsonOf, type GoodRequest } from "./good-request.ts";
import { collectionOf } from "./arrange.ts";
import { recipes } from "./record-recipes.ts";
import { chosenBy, expectNoFaults } from "./sweep.ts";
import { openWorld, startUnlimitedApi, type World } from "./world.ts";

/** Where one operation is tried: our own company, and somebody of another one. */
interface Try {
  ours: World;
  theirs: World;
  operation: DescribedOperation;
  request: GoodRequest;
}

async function start() {
  const api = await startUnlimitedApi();
  const [ours, theirs] = [await openWorld(api, "Ours"), await openWorld(api, "Theirs")];
  const fingerprints = await createFingerprints(api.sql);
  return {
    ours,
    theirs,
    fingerprint: async () => await fingerprints(ours.companyId),
  };
}

test("every change is refused to others and the careless, then done once", async () => {
  const { ours, theirs, fingerprint } = await start();
  // What a provider signs is tried with signatures, in test/integration/stripe/webhooks.test.ts.
  const changing = chosenBy(({ method, route }) => method !== "GET" && !route.raw, 100);
  const stateless: string[] = [];
  await expectNoFaults(changing, async (operation) => {
    const request = await goodRequest(ours, operation);
    const attempt = { ours, theirs, operation, request };
    const before = await fingerprint();
    const faults = [
      ...(await strangersFaults(attempt)),
      ...(await surpriseFaults(attempt)),
      ...(await staleFaults(attempt)),
    ];
    faults.push(
      ...changedTables(before, await fingerprint()).map(
        (table) => `what was refused changed something: ${table}`,
      ),
    );
    const state = answersToIfMatch(operation) ? await stateOf(ours, request) : undefined;
    const isOfARecord = answersToIfMatch(operation) && operation.path.includes("{");
    if (isOfARecord && state === undefined) stateless.push(operation.name);
    return [...faults, ...(await doneFaults(attempt, { state, fingerprint }))];
  });
  // Their records have no state that a caller could have seen: every other one was changed with it.
  expect(stateless).toEqual([
    "DELETE /api-tokens/{}",
    "DELETE /companies/{}/members/invitations/{}",
    "POST /companies/{}/members/invitations/{}/resend",
    "PUT /companies/{}/members/{}",
    "DELETE /companies/{}/members/{}",
    "POST /invitations/{}/accept",
    "DELETE /settings/connected-apps/{}",
    "DELETE /invoices/{}/artifacts/{}",
    "DELETE /projects/{}/members/{}",
    "POST /webhooks/deliveries/{}/redeliver",
    "POST /runs/{}/cancel",
    "POST /runs/{}/retry",
    "POST /attention-items/{}/resolve",
  ]);
});

test("every answer to a question is the same for who may ask, and a 404 for others", async () => {
  const { ours, theirs } = await start();
  await expectNoFaults(chosenBy(isRead, 60), async (operation) => {
    const request = await goodRequest(ours, operation);
    const attempt = { ours, theirs, operation, request };
    const reply = await ask(ours, operation, request, await justEnough(attempt));
    if (reply.status !== 200) return [`the recipe does not work: ${reply.status} ${reply.text}`];
    return [
      ...replyFaults(operation, reply),
      ...(await strangersFaults(attempt)),
      ...(await otherMountFaults(attempt)),
      ...(await notModifiedFaults(attempt)),
      ...(isList(operation) ? await pagingFaults(attempt) : []),
    ];
  });
});

test("every download carries the digest of its bytes", async () => {
  const { ours, theirs } = await start();
  const downloads = chosenBy(
    ({ path, route }) => Object.values(route.answers).some(isFile) && !path.endsWith("/events"),
    5,
  );
  await expectNoFaults(downloads, async (operation) => {
    const request = await goodRequest(ours, operation);
    const attempt = { ours, theirs, operation, request };
    const reply = await ask(ours, operation, request, await justEnough(attempt));
    const digest = createHash("sha256").update(reply.bytes).digest();
    const said = ["repr-digest", "x-billabled-export-sha256"].map((name) =>
      reply.headers.get(name),
    );
    const wanted = [`sha-256=:${digest.toString("base64")}:`, digest.toString("hex")];
    const faults = await strangersFaults(attempt);
    if (String(said) !== String(wanted)) faults.push(`${reply.status}, ${String(said)}`);
    return [...faults, ...replyFaults(operation, reply)];
  });
});

const isFile = (answer: unknown): boolean =>
  typeof answer === "object" && answer !== null && "contentType" in answer;

/** Answers JSON to a GET, and nothing else. */
function isRead({ method, route: { answers } }: DescribedOperation): boolean {
  const isJson = Object.values(answers).every((answer) => answer !== null && "safeParse" in answer);
  return method === "GET" && isJson;
}

/** A token of exactly the scopes that are needed, where a token will do. */
async function justEnough({ ours, operation, request }: Try): Promise<{ token: string }> {
  const { access } = operation.route;
  const isForTokens = typeof access === "object" && access.sessionOnly !== true;
  if (!isForTokens) return { token: request.token };
  return { token: await ours.tokenWith([...scopesOf(access), ...scopesOfBody(operation)]) };
}

/** A rule takes the scopes of what it is about and does: the recipe's is about tasks. */
function scopesOfBody({ path, method }: DescribedOperation): Scope[] {
  if (!path.startsWith("/rules") || method === "GET" || method === "DELETE") return [];
  return path.endsWith("/dry-run") ? ["tasks:read"] : ["tasks:read", "tasks:write"];
}

/** Rule 4: another company's record is a 404, and not told from one that is not there. */
async function strangersFaults({ ours, theirs, operation, request }: Try): Promise<string[]> {
  const { path, route, method } = operation;
  // A provider is nobody's record, and an invitation is for who holds its link.
  const isOurRecord = /\{(?!provider|token)/.test(path) && route.access !== "public";
  if (!isOurRecord) return [];
  const { address, body } = request;
  const faults: string[] = [];
  const reply = await theirs.call(method, address, body);
  if (reply.status !== 404) faults.push(`another company's: ${reply.status} ${reply.text}`);
  const nothing = await theirs.call(method, addressOfNothing(path, "999999999"), body);
  if (wordsOf(nothing) !== wordsOf(reply)) faults.push("is told from a record that is not there");
  const headers = { "x-company-id": String(ours.companyId) };
  const inside = await theirs.call(method, address, body, { headers });
  if (inside.status !== 404) faults.push(`in our company: ${inside.status} ${inside.text}`);
  return [...faults, ...replyFaults(operation, reply)];
}

/** Rule 6: a key that an operation does not know is a 422 that names it. A form has its own test. */
async function surpriseFaults({ ours, operation, request }: Try): Promise<string[]> {
  if (operation.route.upload !== undefined) return [];
  const body = { ...jsonOf(request), surprise: 1 };
  const reply = await ask(ours, operation, { ...request, body });
  const isNamed = reply.status === 422 && "surprise" in reply.body.errors;
  return isNamed ? replyFaults(operation, reply) : [`unknown key: ${reply.status} ${reply.text}`];
}

const answersToIfMatch = ({ route }: DescribedOperation): boolean =>
  route.access !== "public" && route.isTransactional;

/** Rule 10: nothing is changed for who has seen another state of it. */
async function staleFaults({ ours, operation, request }: Try): Promise<string[]> {
  if (!answersToIfMatch(operation)) return [];
  const reply = await ask(ours, operation, request, { headers: { "if-match": '"stale"' } });
  return reply.status === 412
    ? replyFaults(operation, reply)
    : [`stale If-Match: ${reply.status} ${reply.text}`];
}

/** Rules 7, 9 and 10: it is done for who has seen the present state, and with a key only once. */
async function doneFaults(
  attempt: Try,
  { state, fingerprint }: { state: string | undefined; fingerprint: () => Promise<Fingerprint> },
): Promise<string[]> {
  const { ours, operation, request } = attempt;
  const isKeyed = operation.method === "POST" && operation.route.isTransactional;
  const options = {
    ...(await justEnough(attempt)),
    headers: {
      ...(isKeyed ? { "idempotency-key": `${operation.name} ${request.address}` } : {}),
      ...(state === undefined ? {} : { "if-match": state }),
    },
  };
  const reply = await ask(ours, operation, request, options);
  if (reply.status >= 400) return [`the recipe does not work: ${reply.status} ${reply.text}`];
  const faults = replyFaults(operation, reply);
  if (reply.status === 202) faults.push(...(await runFaults(ours, reply)));
  // Who has logged out is nobody, whatever their key.
  if (!isKeyed || operation.name === "POST /auth/logout") return faults;

  const before = await fingerprint();
  const again = await ask(ours, operation, request, options);
  faults.push(...replyFaults(operation, again));
  if (again.status !== reply.status || again.text !== reply.text) faults.push(again.text);
  if (again.headers.get("idempotent-replayed") !== "true") faults.push("is not marked as replayed");
  for (const name of ["etag", "location"]) {
    if (again.headers.get(name) !== reply.headers.get(name)) faults.push(`has another ${name}`);
  }
  const elsewhere = { ...request, address: `${request.address}?x=1` };
  const other = await ask(ours, operation, elsewhere, options);
  if (other.status !== 422) faults.push(`the key for another request: ${other.status}`);
  faults.push(
    ...changedTables(before, await fingerprint()).map((table) => `was done twice: ${table}`),
  );
  return faults;
}

/** What a caller knows of the state of the record that an address speaks of: its ETag or updated_at. */
async function stateOf(
  world: World,
  { address, records }: GoodRequest,
): Promise<string | undefined> {
  // "/settings/reminders/1" has a word more before its id than "/clients/1".
  const words = /^\/(settings|portal)\//.test(address) ? 2 : 1;
  const record = address
    .split("/")
    .slice(0, 2 * records.length + words)
    .join("/");
  const etag = records.length === 0 ? null : (await world.call("GET", record)).headers.get("etag");
  // A row's ETag has two parts.
  if (etag?.includes(".") === true) return etag;
  const updatedAt: unknown = records.at(-1)?.["updated_at"];
  // What shows no state of its own cannot be compared with one.
  return typeof updatedAt === "string" ? `"${updatedAt}"` : undefined;
}

/** Rule 9: what is accepted is a run, and its address is told. The base contract's import says more than its id. */
async function runFaults(world: World, { body, headers, text }: Reply): Promise<string[]> {
  const path = `/runs/${String(body?.data?.run_id ?? body?.data?.id)}`;
  if (headers.get("location") !== `/api/v1${path}`) return [`is no run: ${text}`];
  const { status } = await world.call("GET", path);
  return status === 200 ? [] : [`its run is ${status}`];
}

/** Rule 1: /api is /api/v1. */
async function otherMountFaults({ ours, request }: Try): Promise<string[]> {
  const options = { token: ours.token, headers: { "x-company-id": String(ours.companyId) } };
  const [versioned, current] = [
    await ours.api.ask("GET", `/api/v1${request.address}`, options),
    await ours.api.ask("GET", `/api${request.address}`, options),
  ];
  return versioned.text === current.text ? [] : ["answers otherwise under /api"];
}

/** Rule 10: what has not changed since is a 304. */
async function notModifiedFaults({ ours, operation, request }: Try): Promise<string[]> {
  const read = async (tag: string): Promise<Reply> =>
    await ask(ours, operation, request, { headers: { "if-none-match": tag } });
  const first = await read('"other"');
  const etag = first.headers.get("etag");
  if (first.status !== 200 || etag === null) return [`${first.status}, ETag ${etag}`];
  const faults: string[] = [];
  for (const tag of [etag, `W/"x", W/${etag}`, "*"]) {
    const { status, text, headers } = await read(tag);
    const isSame = status === 304 && text === "" && headers.get("etag") === etag;
    if (!isSame) faults.push(`If-None-Match ${tag}: ${status}`);
  }
  return faults;
}

/** A list of records, and not the points of a chart or the rows of a report. */
function isList({ path, route }: DescribedOperation): boolean {
  const schema = route.answers[200];
  if (schema === undefined || schema === null || !("safeParse" in schema)) return false;
  if (/^\/(dashboard|reports|billing)\/|^\/billing-hub\/summary$|\/preview$/.test(path))
    return false;
  const issues = schema.safeParse({ data: "" }).error?.issues ?? [];
  return issues.some(
    (issue) =>
      issue.code === "invalid_type" && issue.expected === "array" && issue.path.join() === "data",
  );
}

/** How many records all pages of a list have. */
async function countRecords(read: (query: string) => Promise<Reply>): Promise<number> {
  for (let total = 0, page = 1; ; page += 1) {
    const { body } = await read(`page=${page}&per_page=100`);
    const count: number = body?.data?.length ?? 0;
    total += count;
    if (count < 100) return total;
  }
}

/** Rule 5: every list is paged, and says so in meta and headers. */
async function pagingFaults({ ours, operation, request }: Try): Promise<string[]> {
  const { address, records } = request;
  // Two at least, of which a page shows one.
  await recipes[collectionOf(operation.path)]?.(ours, records);
  const read = async (query: string): Promise<Reply> =>
    await ours.call("GET", `${address}${address.includes("?") ? "&" : "?"}${query}`);
  const [page, part] = [await read("page=2&per_page=1"), await read("limit=1&offset=1")];
  const total = await countRecords(read);
  const faults: string[] = [];
  for (const { status, text, headers, body } of [page, part]) {
    if (status !== 200) return [`${status} ${text}`];
    const meta = { current_page: 2, last_page: Math.max(1, total), per_page: 1, total };
    for (const [key, value] of Object.entries(meta)) {
      if (body.meta?.[key] !== value) faults.push(`meta.${key} is ${body.meta?.[key]}`);
    }
    const said = ["x-total-count", "x-offset", "x-limit"].map((name) => headers.get(name));
    if (String(said) !== `${total},1,1`) faults.push(`headers say ${String(said)} of ${total}`);
    if (body.data.length !== (total > 1 ? 1 : 0)) faults.push(`a page has ${body.data.length}`);
  }
  if (page.text !== part.text) faults.push("page and offset differ");
  for (const query of ["per_page=101", "page=0", "offset=-1", "page=1&offset=1"]) {
    const { status } = await read(query);
    if (status !== 422) faults.push(`${query}: ${status}`);
  }
  return faults;
}

test("what is posted in no transaction of its own has its reason", () => {
  const posting = chosenBy(({ method, route }) => method === "POST" && !route.isTransactional, 0);
  expect(posting.map(({ name }) => name)).toEqual([
    // A failed attempt must be counted all the same.
    "POST /auth/login",
    // Stripe's pages, which are the same ones while they are open.
    "POST /billing/checkout",
    "POST /billing/portal",
    // Writes nothing.
    "POST /invoices/{}/preview",
    // Stripe's page, which is the same one while it is open.
    "POST /portal/invoices/{}/checkout",
    // They tell the provider first; a second time there is nothing to disconnect.
    "POST /integrations/{}/disconnect",
    "POST /settings/freshbooks/disconnect",
    "POST /settings/stripe/disconnect",
  ]);
});
