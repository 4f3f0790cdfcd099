import { z } from "zod";
import { ProviderRejected } from "../../errors.ts";
import type { Clock } from "../../platform/clock.ts";
import { createHttpClient, type HttpAnswer } from "../../platform/http-client.ts";
import type { HttpTimeouts } from "../../platform/http-exchange.ts";
import type { OAuthProvider } from "../../platform/oauth.ts";
import { failureOf } from "./failures.ts";
import { createOAuth } from "./oauth.ts";
import {
  describeResource,
  PER_PAGE,
  resources,
  type Place,
  type RecordOf,
  type ResourceName,
  type VisState,
} from "./resources.ts";
import { FbExpenseCategory } from "./schemas.ts";

/** One page of a list over there. */
export interface FbPage<Name extends ResourceName> {
  records: RecordOf<Name>[];
  /** Records whose form is not the documented one, with what is wrong about it. */
  malformed: { externalId: string; reason: string }[];
  /** Of all pages, now. */
  total: number;
  /** How many pages there are now; 0 when there is nothing. */
  pages: number;
}

export interface FbCall {
  accessToken: string;
  place: Place;
  signal: AbortSignal;
}

/** FreshBooks as an import needs it: it is only read. Errors: see `failureOf`. */
export interface FreshBooks {
  oauth: OAuthProvider;
  /** Pages count from 1; one past the end is empty. */
  listPage<Name extends ResourceName>(
    call: FbCall,
    list: { name: Name; visState: VisState | null; page: number },
  ): Promise<FbPage<Name>>;
  /** How many records a list has now. */
  count(call: FbCall, list: { name: ResourceName; visState: VisState | null }): Promise<number>;
  /** One client, deleted or not: records may still speak of one. Undefined when there is none. */
  findClient(call: FbCall, id: string): Promise<RecordOf<"clients"> | undefined>;
  /** Names of expense categories by their ids, as far as there are `PER_PAGE` on a page. */
  listExpenseCategories(
    call: FbCall,
    page: number,
  ): Promise<{ names: Map<string, string>; pages: number }>;
  close(): void;
}

/** @param url a sandbox that has all addresses in one; FreshBooks itself without it */
export function createFreshBooks({
  url,
  clock,
  timeouts = {},
}: {
  url: string | undefined;
  clock: Clock;
  timeouts?: Partial<HttpTimeouts>;
}): FreshBooks {
  const http = createHttpClient({
    name: "FreshBooks",
    clock,
    timeouts,
    headers: { "user-agent": "Nightledger", "api-version": "alpha" },
  });
  const apiUrl = url ?? "https://api.freshbooks.com";
  const authUrl = url ?? "https://auth.freshbooks.com";

  async function get(
    { accessToken, signal }: FbCall,
    path: string,
    query: URLSearchParams,
  ): Promise<HttpAnswer> {
    const address = new URL(`${apiUrl}${path}`);
    address.search = query.toString();
    const answer = await http.send({
      method: "GET",
      url: address,
      headers: { authorization: `Bearer ${accessToken}` },
      signal,
    });
    const failure = failureOf(answer);
    if (failure !== undefined) throw failure;
    return answer;
  }

  async function list(
    call: FbCall,
    {
      name,
      visState,
      page,
      perPage,
    }: { name: ResourceName; visState: VisState | null; page: number; perPage: number },
  ): Promise<ListAnswer> {
    const { path, family, listKey, includes = [], sort, isPaged = true } = describeResource(name);
    const { accountId, businessId } = call.place;
    if (family === "business" && businessId === null) {
      throw new ProviderRejected(`FreshBooks: ${name} belong to a business, and none is known`, {
        code: "provider_forbidden",
      });
    }
    const query = new URLSearchParams();
    if (isPaged) {
      query.set("page", String(page));
      query.set("per_page", String(perPage));
    }
    if (visState !== null) query.set("search[vis_state]", String(visState));
    if (sort !== undefined) query.set("sort", sort);
    for (const include of includes) query.append("include[]", include);
    const answer = await get(call, path({ accountId, businessId: businessId ?? 0 }), query);
    return readList(answer, { family, listKey });
  }

  return {
    oauth: createOAuth({ http, authUrl, apiUrl, isReal: url === undefined }),

    async listPage(call, { name, visState, page }) {
      const { found, total, pages } = await list(call, { name, visState, page, perPage: PER_PAGE });
      const { schema } = resources[name];
      const read: FbPage<typeof name> = { records: [], malformed: [], total, pages };
      for (const each of found) {
        const parsed = schema.safeParse(each);
        if (parsed.success) {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema of this very name
          read.records.push(parsed.data as RecordOf<typeof name>);
        } else {
          read.malformed.push({ externalId: idOf(each), reason: describeIssue(parsed.error) });
        }
      }
      return read;
    },

    async count(call, { name, visState }) {
      const { isPaged = true } = describeResource(name);
      const { total, found } = await list(call, { name, visState, page: 1, perPage: 1 });
      return isPaged ? total : found.length;
    },

    async findClient(call, id) {
      const path = `${describeResource("clients").path({ ...call.place, businessId: 0 })}/${encodeURIComponent(id)}`;
      try {
        const answer = await get(call, path, new URLSearchParams({ "include[]": "contacts" }));
        const schema = z.object({
          response: z.object({ result: z.object({ client: resources.clients.schema }) }),
        });
        return answer.read(schema).response.result.client;
      } catch (error) {
        if (error instanceof ProviderRejected && error.code === "provider_not_found")
          return undefined;
        throw error;
      }
    },

    async listExpenseCategories(call, page) {
      const query = new URLSearchParams({ page: String(page), per_page: String(PER_PAGE) });
      const path = `/accounting/account/${encodeURIComponent(call.place.accountId)}/expenses/categories`;
      const { found, pages } = readList(await get(call, path, query), {
        family: "accounting",
        listKey: "categories",
      });
      const names = found.flatMap((each) => {
        const parsed = FbExpenseCategory.safeParse(each);
        return parsed.success ? [[parsed.data.id, parsed.data.category] as const] : [];
      });
      return { names: new Map(names), pages };
    },

    close: () => http.close(),
  };
}

interface ListAnswer {
  found: unknown[];
  total: number;
  pages: number;
}

const counts = z.looseObject({ total: z.coerce.number(), pages: z.coerce.number() });

/** The two envelopes: accounting's, and that of projects, time and services. */
function readList(
  answer: HttpAnswer,
  { family, listKey }: { family: "accounting" | "business"; listKey: string },
): ListAnswer {
  const records = z.object({ [listKey]: z.array(z.unknown()) });
  if (family === "accounting") {
    const { result } = answer.read(
      z.object({ response: z.object({ result: counts.and(records) }) }),
    ).response;
    return { found: result[listKey] ?? [], total: result.total, pages: result.pages };
  }
  const read = answer.read(z.object({ meta: counts.optional() }).and(records));
  const found = read[listKey] ?? [];
  return { found, total: read.meta?.total ?? found.length, pages: read.meta?.pages ?? 1 };
}

const Identified = z.looseObject({ id: z.union([z.string(), z.number()]) });

function idOf(record: unknown): string {
  const parsed = Identified.safeParse(record);
  return parsed.success ? String(parsed.data.id) : "unknown";
}

function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined
    ? "It has another form than documented."
    : `It has another form than documented: ${issue.path.join(".")}: ${issue.message}`;
}
