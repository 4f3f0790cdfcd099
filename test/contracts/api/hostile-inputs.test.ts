import { expect, test } from "vitest";
import type { Reply } from "../../integration/api/start-api.ts";
import { replyFaults } from "./check-reply.ts";
import type { QueryParameter } from "./described-operations.ts";
import { changedTables, createFingerprints } from "./fingerprint.ts";
import { ask, goodRequest, jsonOf } from "./good-request.ts";
import { bodyWith, fieldsOf, hostileJson, hostileTexts, type Field } from "./hostile-values.ts";
import { chosenBy, expectNoFaults } from "./sweep.ts";
import { openWorld, startUnlimitedApi } from "./world.ts";

async function start() {
  const world = await openWorld(await startUnlimitedApi(), "Harbour Studio");
  const fingerprints = await createFingerprints(world.api.sql);
  return {
    world,
    fingerprint: async () => await fingerprints(world.companyId),
    /** Nothing of this was a surprise to us. */
    expectNoError: () => {
      expect(world.api.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
    },
  };
}

/** The parts that a refusal does not name. */
function unnamed<Part>(
  parts: readonly Part[],
  { body }: Reply,
  nameOf: (part: Part) => string,
): Part[] {
  const named = Object.keys(body?.errors ?? {});
  return parts.filter(
    (part) => !named.some((key) => key === nameOf(part) || key.startsWith(`${nameOf(part)}.`)),
  );
}

/**
 * Sends all parts at once, then those that the refusal did not name, until nothing more is named: so
 * each is judged, and what is taken reaches the work itself. Returns the replies.
 */
async function peel<Part>(
  parts: readonly Part[],
  send: (some: readonly Part[]) => Promise<Reply>,
  nameOf: (part: Part) => string,
): Promise<Reply[]> {
  const replies: Reply[] = [];
  let rest = parts;
  while (rest.length > 0) {
    const reply = await send(rest);
    replies.push(reply);
    const left = unnamed(rest, reply, nameOf);
    if (left.length === rest.length) return replies;
    rest = left;
  }
  return replies;
}

const nameOfField = ({ path }: Field): string => path.join(".0.");

test("no value of a field is too strange to be taken or refused", async () => {
  const { world, fingerprint, expectNoError } = await start();
  // PATCH reads what PUT reads.
  const chosen = chosenBy(({ method, body }) => body !== undefined && method !== "PATCH", 60);
  let tried = 0;
  const known = new Set<string>();
  await expectNoFaults(chosen, async (operation) => {
    const request = await goodRequest(world, operation);
    const fields = fieldsOf(operation.body ?? {});
    const send = async (some: readonly Field[], json: string): Promise<Reply> => {
      tried += 1;
      const body = bodyWith(jsonOf(request), some, json);
      return await ask(world, operation, request, { body });
    };
    const faults: string[] = [];
    const check = (reply: Reply, json: string): void => {
      const found = replyFaults(operation, reply);
      faults.push(...found.map((text) => `${json.slice(0, 60)}: ${text}`));
    };
    const before = await fingerprint();
    let isAllRefused = true;
    const rounds: { some: readonly Field[]; json: string }[] = [];
    // A list and what is in it cannot be strange at the same time.
    for (const depth of [1, 2]) {
      const some = fields.filter(({ path }) => path.length === depth);
      for (const json of some.length === 0 ? [] : hostileJson) {
        const reply = await send(some, json);
        check(reply, json);
        isAllRefused &&= reply.status >= 400;
        rounds.push({ some: unnamed(some, reply, nameOfField), json });
      }
    }
    if (isAllRefused) {
      const changed = changedTables(before, await fingerprint());
      faults.push(...changed.map((table) => `a refused body changed ${table}`));
    }
    const names = fields.map(({ name }) => name).join();
    // What takes a password takes its time; of the same fields elsewhere a few values will do.
    const few = names.includes("password") ? 1 : known.has(names) ? 5 : rounds.length;
    known.add(names);
    for (const { some, json } of rounds.slice(-few)) {
      const replies = await peel(some, async (rest) => await send(rest, json), nameOfField);
      for (const reply of replies) check(reply, json);
    }
    return faults;
  });
  expect(tried).toBeGreaterThan(4_000);
  expectNoError();
});

test("no query is too strange to be read or refused", async () => {
  const { world, fingerprint, expectNoError } = await start();
  const chosen = chosenBy(({ method, query }) => method === "GET" && query.length > 0, 30);
  await expectNoFaults(chosen, async (operation) => {
    const { address } = await goodRequest(world, operation);
    const before = await fingerprint();
    const faults: string[] = [];
    const names = operation.query.flatMap(namesOf);
    for (const write of queryForms) {
      const replies = await peel(
        names,
        async (some) =>
          await world.call("GET", `${address.split("?")[0]}?${some.map(write).join("&")}`),
        (name) => name.replace("[", ".").replace("]", ""),
      );
      for (const reply of replies) {
        faults.push(
          ...replyFaults(operation, reply).map(
            (text) => `?${write(names[0] ?? "").slice(0, 40)}: ${text}`,
          ),
        );
      }
    }
    faults.push(
      ...changedTables(before, await fingerprint()).map((table) => `changed something: ${table}`),
    );
    return faults;
  });
  expectNoError();
});

/** Ways in which a parameter may be strange. */
const queryForms: readonly ((name: string) => string)[] = [
  ...hostileTexts.map((text) => (name: string) => `${name}=${text}`),
  (name) => `${name}=1&${name}=2`,
  (name) => `${name}[]=1`,
  (name) => `${name}[a]=1`,
  (name) => `${name}[a][b]=1`,
  (name) => `${name}[__proto__]=1`,
  (name) => name,
];

/** "filter[status]" of a parameter that is an object. */
function namesOf({ name, schema }: QueryParameter): string[] {
  return [name, ...Object.keys(schema.properties ?? {}).map((key) => `${name}[${key}]`)];
}

test("no address is too strange to be found or not", async () => {
  const { world, expectNoError } = await start();
  const chosen = chosenBy(({ path }) => path.includes("{"), 80);
  await expectNoFaults(chosen, async (operation) => {
    const faults: string[] = [];
    // An empty one is another address.
    for (const text of hostileTexts.slice(1)) {
      const address = operation.path.replaceAll(/\{\w+\}/g, text);
      const reply = await world.call(operation.method, address);
      faults.push(...replyFaults(operation, reply).map((fault) => `${text}: ${fault}`));
      if (![404, 400, 422].includes(reply.status)) faults.push(`${text}: ${reply.status}`);
    }
    return faults;
  });
  expectNoError();
});

test("no header is too strange to be heeded or refused", async () => {
  const { world, fingerprint, expectNoError } = await start();
  const values = ["", "0", "-1", "1e9", "é", "'; drop table clients;--", "x".repeat(4_000), '"'];
  const chosen = chosenBy(({ method }) => method === "DELETE", 15);
  await expectNoFaults(chosen, async (operation) => {
    const request = await goodRequest(world, operation);
    const before = await fingerprint();
    const faults: string[] = [];
    for (const name of ["x-company-id", "if-match"]) {
      for (const value of values) {
        const reply = await ask(world, operation, request, { headers: { [name]: value } });
        faults.push(...replyFaults(operation, reply).map((text) => `${name}: ${value}: ${text}`));
        if (reply.status < 400) faults.push(`${name}: ${value}: ${reply.status}`);
      }
    }
    faults.push(
      ...changedTables(before, await fingerprint()).map((table) => `changed something: ${table}`),
    );
    return faults;
  });
  expectNoError();
});
