import { z } from "zod";
import { WriteUnconfirmed, type Failure } from "../../errors.ts";
import type { Clock } from "../../platform/clock.ts";
import { createHttpClient, type HttpAnswer } from "../../platform/http-client.ts";
import type { HttpTimeouts } from "../../platform/http-exchange.ts";
import type { OAuthApp, OAuthProvider } from "../../platform/oauth.ts";
import { failureOf, failureOfPart } from "./failures.ts";
import { createQuickBooksOAuth } from "./oauth.ts";
import { BatchAnswer, CompanyInfo, Preferences, QbRecord, QueryAnswer } from "./schemas.ts";

/** The oldest that Intuit still serves; what is older is answered as this one. */
const MINOR_VERSION = "75";
/** Of one request; Intuit takes 30 parts and gives up after 120 s. */
export const BATCH_MAX = 25;

export type QbEntity = "Customer" | "Item" | "Invoice" | "Payment";

export interface QbCall {
  accessToken: string;
  /** The connection's account. */
  realm: string;
  signal: AbortSignal;
}

/** What is to be made: JSON, word for word as it is sent again when the answer is lost. */
export interface QbNew {
  entity: QbEntity;
  body: string;
}

/** What of a company's QuickBooks decides how ours is put. */
export interface QbBooks {
  /** Of the tax rules: "US", "CA". */
  country: string;
  homeCurrency: string;
  isMultiCurrency: boolean;
}

/** Conditions of a query, all of which hold; a list: one of them. */
export type QbConditions = Readonly<Record<string, string | readonly boolean[]>>;

/** QuickBooks Online as a push needs it. Errors: see `failureOf`. */
export interface QuickBooks {
  oauth: OAuthProvider;
  readBooks(call: QbCall): Promise<QbBooks>;
  find(call: QbCall, entity: QbEntity, conditions: QbConditions): Promise<QbRecord[]>;
  /** Undefined when it was deleted there. */
  read(call: QbCall, entity: QbEntity, id: string): Promise<QbRecord | undefined>;
  /** @param requestId asked again with it, QuickBooks gives the first answer again; at most 36 characters */
  create(call: QbCall, what: QbNew, requestId: string): Promise<QbRecord>;
  /** Up to BATCH_MAX in one request, each with an answer of its own, in the order given. */
  createMany(
    call: QbCall,
    what: readonly QbNew[],
    requestId: string,
  ): Promise<(QbRecord | Failure)[]>;
  /**
   * Changes what the body names and leaves the rest; lines are replaced.
   *
   * @throws ProviderRejected with a `providerCode` that `isStale` when it was changed since this SyncToken
   */
  update(
    call: QbCall,
    entity: QbEntity,
    change: { id: string; syncToken: string; body: object; requestId: string },
  ): Promise<QbRecord>;
  /** Takes all amounts of an invoice or payment back, and leaves the paper. Stale as with `update`. */
  void(
    call: QbCall,
    entity: "Invoice" | "Payment",
    given: { id: string; syncToken: string; requestId: string },
  ): Promise<QbRecord>;
  close(): void;
}

/**
 * A client of our own: node-quickbooks has no timeouts (docs/decisions/0011).
 *
 * @param url a sandbox that has all addresses in one; Intuit's own without it
 */
export function createQuickBooks({
  app,
  url,
  clock,
  timeouts = {},
}: {
  app: OAuthApp | null;
  url: string | undefined;
  clock: Clock;
  timeouts?: Partial<HttpTimeouts>;
}): QuickBooks {
  const http = createHttpClient({
    name: "QuickBooks",
    clock,
    timeouts,
    headers: { "user-agent": "Nightledger" },
  });
  const apiUrl = url ?? "https://quickbooks.api.intuit.com";

  async function ask(
    { accessToken, realm, signal }: QbCall,
    path: string,
    given: { query?: Record<string, string>; body?: string } = {},
  ): Promise<HttpAnswer> {
    const address = new URL(`${apiUrl}/v3/company/${encodeURIComponent(realm)}/${path}`);
    address.search = new URLSearchParams({
      ...given.query,
      minorversion: MINOR_VERSION,
    }).toString();
    const isPost = given.body !== undefined;
    const answer = await http.send({
      method: isPost ? "POST" : "GET",
      url: address,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(isPost && { "content-type": "application/json" }),
      },
      ...(given.body !== undefined && { body: given.body }),
      signal,
    });
    const failure = failureOf(answer);
    if (failure !== undefined) throw failure;
    return answer;
  }

  const write = async (
    call: QbCall,
    entity: QbEntity,
    body: string,
    query: Record<string, string>,
  ): Promise<QbRecord> => recordOf(await ask(call, entity.toLowerCase(), { body, query }), entity);

  async function find(
    call: QbCall,
    entity: QbEntity,
    conditions: QbConditions,
  ): Promise<QbRecord[]> {
    const query = `select * from ${entity} where ${whereOf(conditions)} maxresults 1000`;
    const answer = await ask(call, "query", { query: { query } });
    const found = answer.read(QueryAnswer).QueryResponse[entity] ?? [];
    return answer.read(QueryAnswer.transform(() => found).pipe(z.array(QbRecord)));
  }

  const readCompany = async (call: QbCall): Promise<z.infer<typeof CompanyInfo>> => {
    const answer = await ask(call, `companyinfo/${encodeURIComponent(call.realm)}`);
    return answer.read(z.looseObject({ CompanyInfo })).CompanyInfo;
  };

  return {
    oauth: createQuickBooksOAuth({
      http,
      app,
      authUrl: url ?? "https://appcenter.intuit.com",
      tokenUrl: url ?? "https://oauth.platform.intuit.com",
      revokeUrl: url ?? "https://developer.api.intuit.com",
      isReal: url === undefined,
      readName: async (call) => (await readCompany(call)).CompanyName ?? null,
    }),

    async readBooks(call) {
      const { Country } = await readCompany(call);
      const answer = await ask(call, "preferences");
      const { CurrencyPrefs } = answer.read(z.looseObject({ Preferences })).Preferences;
      return {
        country: Country ?? "US",
        homeCurrency: CurrencyPrefs?.HomeCurrency?.value ?? "USD",
        isMultiCurrency: CurrencyPrefs?.MultiCurrencyEnabled ?? false,
      };
    },

    find,

    async read(call, entity, id) {
      // By a query and not by its address: what was deleted is no error then.
      const found = await find(call, entity, {
        Id: id,
        ...(entity === "Customer" || entity === "Item" ? { Active: [true, false] } : {}),
      });
      return found[0];
    },

    create: async (call, { entity, body }, requestId) =>
      await write(call, entity, body, { requestid: requestId }),

    async createMany(call, what, requestId) {
      const parts = what.map(
        ({ entity, body }, index) => `{"bId":"${index}","operation":"create","${entity}":${body}}`,
      );
      const body = `{"BatchItemRequest":[${parts.join(",")}]}`;
      const answer = await ask(call, "batch", { body, query: { requestid: requestId } });
      const given = answer.read(BatchAnswer).BatchItemResponse;
      return what.map(({ entity }, index) => {
        const part = given.find(({ bId }) => bId === String(index));
        const parsed = z.looseObject({ [entity]: QbRecord }).safeParse(part);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just parsed by this schema
        if (parsed.success) return parsed.data[entity] as QbRecord;
        return (
          failureOfPart(part, answer) ??
          new WriteUnconfirmed(`${answer.what}: a part has no answer`)
        );
      });
    },

    update: async (call, entity, { id, syncToken, body, requestId }) =>
      await write(
        call,
        entity,
        JSON.stringify({ ...body, Id: id, SyncToken: syncToken, sparse: true }),
        { requestid: requestId },
      ),

    void: async (call, entity, { id, syncToken, requestId }) =>
      await write(call, entity, JSON.stringify({ Id: id, SyncToken: syncToken, sparse: true }), {
        ...(entity === "Invoice"
          ? { operation: "void" }
          : { operation: "update", include: "void" }),
        requestid: requestId,
      }),

    close: () => http.close(),
  };
}

function recordOf(answer: HttpAnswer, entity: QbEntity): QbRecord {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just parsed by this schema
  return answer.read(z.looseObject({ [entity]: QbRecord }))[entity] as QbRecord;
}

/** Quoted as Intuit's query language wants it: a quote inside a text is escaped by a backslash. */
function whereOf(conditions: QbConditions): string {
  return Object.entries(conditions)
    .map(([name, value]) =>
      typeof value === "string"
        ? `${name} = '${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`
        : `${name} in (${value.join(", ")})`,
    )
    .join(" and ");
}
