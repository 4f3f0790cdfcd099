import { insertApiToken } from "../../../src/db/api-tokens.ts";
import { insertMember, type Role } from "../../../src/db/company-members.ts";
import { createToken, hashToken } from "../../../src/platform/tokens.ts";
import { freshbooksSandbox } from "../../../sandbox/freshbooks/freshbooks.ts";
import { googleCalendarSandbox } from "../../../sandbox/google-calendar/google-calendar.ts";
import { startProviderServer } from "../../../sandbox/server.ts";
import { openTestProviders } from "../../support/providers.ts";
import { stripeSandbox } from "../../../sandbox/stripe/stripe.ts";
import { stripeSettings } from "../../support/stripe.ts";
import {
  startApi,
  type ApiSetup,
  type Ask,
  type Person,
  type Reply,
} from "../../integration/api/start-api.ts";

import { slackSandbox } from "../../../sandbox/slack/slack.ts";

/** Answers of all routes; recipes look into them freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type Data = any;

/** A record as recipes make it; `id` is what stands in addresses (an id, a UUID, a token). */
export interface Made {
  id: number | string;
  // oxlint-disable-next-line typescript/no-explicit-any -- what the API said about it
  [key: string]: any;
}

/** A company that operations are tried in, with its owner. */
export interface World extends Person {
  api: ApiSetup;
  /** One call as the owner; the path is without /api/v1. */
  call: (method: string, path: string, body?: unknown, options?: Ask) => Promise<Reply>;
  /** A call that must succeed; returns `data`, or the whole body where there is none. */
  need: (method: string, path: string, body?: unknown) => Promise<Data>;
  /** Somebody else who belongs to the company; the same for the same role. */
  colleague: (role: Role) => Promise<Person>;
  /** A token of the owner's with these scopes only. */
  tokenWith: (scopes: readonly string[]) => Promise<string>;
  /** What records refer to: one client, service, project, second company for the whole world. */
  shared: (name: string, make: () => Promise<Made>) => Promise<Made>;
}

/**
 * An API without limits on requests, for a sweep asks more than an hour of a plan holds. Providers are
 * sandboxes.
 */
export async function startUnlimitedApi(): Promise<ApiSetup> {
  const max = 1e6;
  const freshbooks = await startProviderServer(freshbooksSandbox, {
    seed: { clients: 3, invoices: 3 },
  });
  const slack = await startProviderServer(slackSandbox);
  const stripe = await startProviderServer(stripeSandbox);
  const google = await startProviderServer(googleCalendarSandbox);
  const { client } = google.oauth;
  const providers = openTestProviders({
    google: { clientId: client.id, clientSecret: client.secret, url: google.url },
    freshbooks: { url: freshbooks.url },
    slack: {
      clientId: slack.oauth.client.id,
      clientSecret: slack.oauth.client.secret,
      url: slack.url,
    },
    stripe: stripeSettings(stripe),
  });
  const api = await startApi(
    {
      appUrl: "https://app.test",
      requestsPerHour: { free: null, starter: null, pro: null, enterprise: null },
      signIn: {
        failuresMax: max,
        failuresPerAddressMax: max,
        failuresPerAccountMax: max,
        windowMs: 60_000,
      },
      mailLimits: {
        resetsPerAddress: max,
        resetsPerCaller: max,
        invitationsPerAddress: max,
        invitationsPerCompany: max,
      },
    },
    { providers },
  );
  api.defer(() => google.close());
  api.defer(() => freshbooks.close());
  api.defer(() => providers.closeProviders());
  api.defer(() => stripe.close());
  api.defer(() => slack.close());
  return api;
}

/** A company of its own on an API that runs. Its name tells it from others in answers. */
export async function openWorld(api: ApiSetup, name: string): Promise<World> {
  const owner = await api.signUp({ company: { name, email: "office@studio.example" } });
  const shared = new Map<string, Promise<Made>>();
  const colleagues = new Map<Role, Promise<Person>>();
  const call: World["call"] = async (method, path, body, { token, headers } = {}) =>
    await api.ask(method, `/api/v1${path}`, {
      token: token ?? owner.token,
      body,
      // Whatever company the owner has switched to since.
      headers: { "x-company-id": String(owner.companyId), ...headers },
    });

  return {
    ...owner,
    api,
    call,
    async need(method, path, body) {
      const reply = await call(method, path, body);
      if (reply.status < 400) return reply.body?.data ?? reply.body;
      throw new Error(
        `A recipe failed: ${method} ${path} ${JSON.stringify(body)} answered ${reply.status} ${reply.text}`,
      );
    },
    async colleague(role) {
      const known = colleagues.get(role) ?? join(api, owner.companyId, role);
      colleagues.set(role, known);
      return await known;
    },
    async tokenWith(scopes) {
      const token = createToken("nl");
      await api.sql.begin(async (tx) => {
        await insertApiToken(tx, {
          userId: owner.userId,
          companyId: owner.companyId,
          name: "Sweep",
          prefix: token.slice(0, 9),
          tokenHash: hashToken(token),
          scopes: [...scopes],
          expiresAt: null,
          now: api.clock.now(),
        });
      });
      return token;
    },
    async shared(key, make) {
      const known = shared.get(key) ?? make();
      shared.set(key, known);
      return await known;
    },
  };
}

async function join(api: ApiSetup, companyId: number, role: Role): Promise<Person> {
  const person = await api.signUp({ company: null });
  await api.sql.begin((tx) => insertMember(tx, { companyId, userId: person.userId, role }));
  return { ...person, companyId };
}
