import { expect, test } from "vitest";
import { minimumRoleOf, scopesOf, type ScopedAccess } from "../../../src/api/define-route.ts";
import { scopes } from "../../../src/api/scopes.ts";
import type { Reply } from "../../integration/api/start-api.ts";
import { replyFaults } from "./check-reply.ts";
import { addressOfNothing, operations, type DescribedOperation } from "./described-operations.ts";
import { openWorld, startUnlimitedApi } from "./world.ts";

/** Who may not come in is told so before anybody looks for a record. */
const addressOf = ({ path }: DescribedOperation): string => addressOfNothing(path, "1");

const isPublic = ({ route }: DescribedOperation): boolean => route.access === "public";

const isScoped = (
  operation: DescribedOperation,
): operation is DescribedOperation & { route: { access: ScopedAccess } } =>
  typeof operation.route.access === "object";

/** What each operation should answer, and what it answered instead. */
async function expectAnswer(
  chosen: readonly DescribedOperation[],
  wanted: string,
  ask: (operation: DescribedOperation) => Promise<Reply>,
): Promise<void> {
  const faults: string[] = [];
  for (const operation of chosen) {
    const reply = await ask(operation);
    const answer = `${reply.status} ${reply.body?.code}`;
    if (answer !== wanted) faults.push(`${operation.name}: ${answer} instead of ${wanted}`);
    faults.push(...replyFaults(operation, reply).map((text) => `${operation.name}: ${text}`));
  }
  expect(faults).toEqual([]);
}

test("nothing but what is public answers without a token, or with one that is none", async () => {
  const api = await startUnlimitedApi();
  const closed = operations.filter(({ route }) => route.access !== "public");
  expect(closed.length).toBeGreaterThan(150);
  const wrong = [undefined, `nls_${"x".repeat(43)}`, `nl_${"x".repeat(43)}`];
  for (const token of wrong) {
    await expectAnswer(
      closed,
      "401 unauthenticated",
      async (operation) =>
        await api.ask(operation.method, `/api/v1${addressOf(operation)}`, { token }),
    );
  }
});

test("a token that lacks a scope is refused with its name; a write scope alone is not enough", async () => {
  const world = await openWorld(await startUnlimitedApi(), "Harbour Studio");
  const faults: string[] = [];
  const tokens = new Map<string, string>();
  for (const lacking of scopes) {
    tokens.set(lacking, await world.tokenWith(scopes.filter((scope) => scope !== lacking)));
  }
  const chosen = operations.filter(isScoped);
  for (const operation of chosen.filter(({ route }) => route.access.sessionOnly !== true)) {
    for (const scope of scopesOf(operation.route.access)) {
      const reply = await world.call(operation.method, addressOf(operation), undefined, {
        token: tokens.get(scope),
      });
      const isNamed = reply.body?.scope === scope && reply.body.message.includes(scope);
      if (reply.status === 403 && reply.body.code === "missing_scope" && isNamed) continue;
      faults.push(`${operation.name} without ${scope}: ${reply.status} ${reply.text}`);
    }
  }
  expect(faults).toEqual([]);
  expect(chosen.length).toBeGreaterThan(100);
});

test("what a person alone may do is done with no token, whatever its scopes", async () => {
  const world = await openWorld(await startUnlimitedApi(), "Harbour Studio");
  const token = await world.tokenWith(scopes);
  const chosen = operations.filter(
    ({ route: { access } }) =>
      access === "session" || (typeof access === "object" && access.sessionOnly === true),
  );
  await expectAnswer(
    chosen,
    "403 session_required",
    async (operation) =>
      await world.call(operation.method, addressOf(operation), undefined, { token }),
  );
  // Company administration, invitations and billing are never reachable by API token (API.md rule 3).
  const reserved = operations.filter(
    ({ method, path }) =>
      /^\/(invitations|api-tokens|companies\/\{\w+\}\/members)/.test(path) ||
      (method !== "GET" && /^\/(companies|billing)/.test(path)),
  );
  expect(
    reserved.filter((operation) => !chosen.includes(operation) && !isPublic(operation)),
  ).toEqual([]);
});

test("a viewer changes nothing, and a member nothing that takes an admin", async () => {
  const world = await openWorld(await startUnlimitedApi(), "Harbour Studio");
  const changing = operations.filter(
    (operation) =>
      isScoped(operation) &&
      operation.method !== "GET" &&
      // Everybody may end their own tokens, and the access of apps that they let in.
      !["DELETE /api-tokens/{}", "DELETE /settings/connected-apps/{}"].includes(operation.name),
  );
  const viewer = await world.colleague("viewer");
  await expectAnswer(
    changing,
    "403 role_required",
    async ({ method, ...operation }) =>
      await world.call(method, addressOf({ method, ...operation }), undefined, viewer),
  );
  const member = await world.colleague("member");
  const administrative = operations.filter(
    (operation) =>
      isScoped(operation) && ["admin", "owner"].includes(minimumRoleOf(operation.route)),
  );
  expect(administrative.length).toBeGreaterThan(10);
  await expectAnswer(
    administrative,
    "403 role_required",
    async ({ method, ...operation }) =>
      await world.call(method, addressOf({ method, ...operation }), undefined, member),
  );
});

test("every changing operation in a company takes a scope and a role, or is a person's own matter", () => {
  const open = operations.filter((operation) => operation.method !== "GET" && !isScoped(operation));
  expect(open.filter(({ route }) => route.access === "company")).toEqual([]);
  expect(open.filter(({ route }) => route.access === "signed-in")).toEqual([]);
});

test("another company's name in the header is a 404, whatever is asked", async () => {
  const api = await startUnlimitedApi();
  const [ours, theirs] = [await openWorld(api, "Ours"), await openWorld(api, "Theirs")];
  const chosen = operations.filter(
    (operation) => isScoped(operation) || operation.route.access === "company",
  );
  for (const company of [String(ours.companyId), "0", "-1", "1e3", "x", "9".repeat(30), "1, 2"]) {
    await expectAnswer(
      chosen.slice(0, company === String(ours.companyId) ? undefined : 20),
      "404 not_found",
      async (operation) =>
        await theirs.call(operation.method, addressOf(operation), undefined, {
          headers: { "x-company-id": company },
        }),
    );
  }
});
