import type { SandboxAnswer, SandboxRequest, SandboxRoute, World } from "../provider.ts";
import type { createBooks, Thing } from "./books.ts";
import type { Connect } from "./connect.ts";
import type { Events } from "./events.ts";
import type { IdempotencyStore } from "./idempotency.ts";
import type { Ledgers } from "./ledger.ts";
import { noAccess, refusal } from "./refusals.ts";

const PER_PAGE = 10;
const PER_PAGE_MAX = 100;

/** All that Stripe is here. */
export interface Desk {
  world: World;
  books: ReturnType<typeof createBooks>;
  ledgers: Ledgers;
  events: Events;
  store: IdempotencyStore;
  connect: Connect;
}

/** A route of the API: with the platform's key, for itself ("") or for an account that let it in. */
export function apiRoute(
  { world, books, ledgers, store, connect }: Desk,
  method: "GET" | "POST",
  path: string,
  run: (request: SandboxRequest, account: string) => SandboxAnswer,
): SandboxRoute {
  return {
    method,
    path,
    async run(request) {
      if (request.bearer !== world.oauth.client.secret) {
        return refusal(401, "Invalid API Key provided.");
      }
      const account = request.headers["stripe-account"] ?? "";
      if (account !== "" && !connect.mayUse(account)) return noAccess(account);
      books.expireSessions();
      ledgers.expirePages();
      return method === "GET"
        ? run(request, account)
        : await store.answer(request, account, () => run(request, account));
    },
  };
}

/** One page of a list, by cursor. */
export function list(things: readonly Thing[], { path, query }: SandboxRequest): SandboxAnswer {
  const limit = Number(query.get("limit") ?? PER_PAGE);
  if (!(limit >= 1 && limit <= PER_PAGE_MAX)) {
    return refusal(400, "This value must be from 1 to 100.", { param: "limit" });
  }
  const after = query.get("starting_after");
  const start = after === null ? 0 : things.findIndex(({ id }) => id === after) + 1;
  const data = things.slice(start, start + limit);
  const body = { object: "list", url: path, has_more: start + limit < things.length, data };
  return { status: 200, body };
}

/** The pairs of a form below a name: `metadata[order]=7` is order: 7 of "metadata". */
export function pairsOf(form: URLSearchParams, name: string): Record<string, string> {
  const start = `${name}[`;
  return Object.fromEntries(
    [...form].flatMap(([key, value]) =>
      key.startsWith(start) && key.endsWith("]") ? [[key.slice(start.length, -1), value]] : [],
    ),
  );
}
