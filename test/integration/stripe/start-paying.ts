import type { SandboxServer } from "../../../sandbox/server.ts";
import type { ApiSettings } from "../../../src/api/settings.ts";
import type { Sending } from "../../../sandbox/stripe/events.ts";
import type { Connectors } from "../../../src/connectors/contract.ts";
import { jobs } from "../../../src/jobs/index.ts";
import type { RunningScheduler } from "../../../src/workers/scheduler.ts";
import { connectOverApi } from "../../support/connect.ts";
import { eventually } from "../../support/eventually.ts";
import { hurryRetries } from "../../support/retries.ts";
import { findStripeCheck, startStripe } from "../../support/stripe.ts";
import { startApi, type Reply } from "../api/start-api.ts";
import { schedule, work } from "../runtime/harness.ts";
import { joinInvoicing, type Invoicing } from "../invoices/start-invoicing.ts";

/** The account that is connected. */
export const account = "acct_sandbox";
export const DAY_MS = 86_400_000;

/** Money of a connected account, as the sandbox shows it. */
// oxlint-disable-next-line typescript/no-explicit-any -- whatever Stripe says of it
type Things = any[];

export interface StripeBooks {
  sessions: Things;
  paymentIntents: Things;
  charges: Things;
  refunds: Things;
  disputes: Things;
}

const NOTHING: StripeBooks = {
  sessions: [],
  paymentIntents: [],
  charges: [],
  refunds: [],
  disputes: [],
};

export interface Paying extends Invoicing {
  sandbox: SandboxServer;
  stripe: Awaited<ReturnType<typeof startStripe>>;
  /** A client asks how to pay. */
  checkout: (uuid: string) => Promise<Reply>;
  /** The same, and pays on the page. */
  pay: (uuid: string, method?: string) => Promise<void>;
  /** What the connected account holds. */
  books: () => StripeBooks;
  /** Something that people do at Stripe; see sandbox/stripe/dashboard-routes.ts. */
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever Stripe says of it
  dashboard: (path: string, body?: unknown) => Promise<any>;
  /** Stripe tells us what has happened. */
  deliver: (how?: Sending) => Promise<{ id: string; type: string; status: number | null }[]>;
  /** Starts what looks at it. */
  work: () => Promise<{ scheduler: RunningScheduler }>;
  /** Waits until nothing is left to be done; what waits for its time is tried at once. */
  settled: () => Promise<void>;
}

/**
 * The API beside a Stripe whose time it shares, and a company that is connected to it.
 *
 * @param isChecked whether Stripe's own contract judges what is asked and answered
 */
export async function startPaying(
  company: Record<string, unknown> = {},
  { isChecked = false, ...settings }: Partial<ApiSettings> & { isChecked?: boolean } = {},
): Promise<Paying> {
  // Judging takes longer than everything else: one test of each kind has it.
  const check = isChecked ? await findStripeCheck() : undefined;
  const stripe = await startStripe({ check });
  const { sandbox, providers } = stripe;
  const api = await startApi({ appUrl: "https://app.test", ...settings }, { providers });
  api.defer(() => stripe.close());
  sandbox.clock.set(api.clock.now());
  const invoicing = await joinInvoicing(api, company);
  const { token, companyId } = invoicing;
  await connect({ ask: api.ask, token, companyId });
  const checkout: Paying["checkout"] = async (uuid) =>
    await api.ask("POST", `/api/v1/portal/invoices/${uuid}/checkout`);
  const dashboard: Paying["dashboard"] = async (path, body = {}) => {
    const answer = await fetch(`${sandbox.url}/dashboard/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  };
  return {
    ...invoicing,
    sandbox,
    stripe,
    checkout,
    dashboard,
    async pay(uuid, method = "card") {
      const { body } = await checkout(uuid);
      const page = await fetch(`${body.data.checkout_url}?method=${method}`, {
        redirect: "manual",
      });
      if (page.status !== 302) throw new Error(`paying answered ${page.status}`);
    },
    books: () => {
      const { accounts } = sandbox.readState() as { accounts: Record<string, StripeBooks> };
      return accounts[account] ?? NOTHING;
    },
    async deliver(how = {}) {
      const url = `${api.url}/api/v1/settings/stripe/webhook`;
      return await dashboard("events/send", { url, ...how });
    },
    async work() {
      await work(api, stripeJobs, {}, providers as Connectors, api.clock);
      return { scheduler: await schedule(api, stripeJobs, { clock: api.clock }) };
    },
    async settled() {
      await eventually(
        async () => {
          await hurryRetries(api.sql);
          const [events] = await api.sql<{ count: number }[]>`
            select count(*)::int as count from event_outbox
          `;
          const runs = await api.sql`
            select job, status, reason, error_message from job_runs
            where status in ('queued', 'running', 'retrying')
          `;
          if (events?.count === 0 && runs.length === 0) return true;
          throw new Error(JSON.stringify({ events, runs }));
        },
        { everyMs: 25 },
      );
    },
  };
}

/** Connects a company of theirs to the account that is chosen at Stripe. */
export const connect = async (
  { ask, token, companyId }: Pick<Paying, "ask" | "token" | "companyId">,
  company = companyId,
) =>
  await connectOverApi(ask, {
    token,
    connectPath: `/api/v1/settings/stripe/connect?company_id=${company}`,
  });

/** Kind and subject of what waits for a person, in the order of the subjects. */
export const itemsOf = async ({ call }: Paying): Promise<[string, number | null][]> => {
  const { body } = await call("GET", "/attention-items");
  return body.data
    .map((item: { kind: string; subject_id: number }) => [item.kind, item.subject_id])
    .toSorted(([, one]: [string, number], [, other]: [string, number]) => one - other);
};

/** What the platform does about Stripe by itself. */
const stripeJobs = jobs.filter(({ name }) => name.startsWith("stripe."));
