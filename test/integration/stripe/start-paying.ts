import type { SandboxServer, ServerOptions } from "../../../sandbox/server.ts";
import type { ApiSettings } from "../../../src/api/settings.ts";
import { connectOverApi } from "../../support/connect.ts";
import { findStripeCheck, startStripe } from "../../support/stripe.ts";
import { startApi, type Reply } from "../api/start-api.ts";
import { joinInvoicing, type Invoicing } from "../invoices/start-invoicing.ts";

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
  /** What the connected account holds. */
  books: () => StripeBooks;
}

/** The API beside a Stripe whose time it shares, and a company that is connected to it. */
export async function startPaying(
  company: Record<string, unknown> = {},
  settings: Partial<ApiSettings> = {},
): Promise<Paying> {
  const check: ServerOptions["check"] = await findStripeCheck();
  const stripe = await startStripe({ check });
  const { sandbox, providers } = stripe;
  const api = await startApi({ appUrl: "https://app.test", ...settings }, { providers });
  api.defer(() => stripe.close());
  sandbox.clock.set(api.clock.now());
  const invoicing = await joinInvoicing(api, company);
  const { token, companyId } = invoicing;
  const connectPath = `/api/v1/settings/stripe/connect?company_id=${companyId}`;
  await connectOverApi(api.ask, { token, connectPath });
  return {
    ...invoicing,
    sandbox,
    stripe,
    checkout: async (uuid) => await api.ask("POST", `/api/v1/portal/invoices/${uuid}/checkout`),
    books: () => {
      const { accounts } = sandbox.readState() as { accounts: Record<string, StripeBooks> };
      return accounts["acct_sandbox"] ?? NOTHING;
    },
  };
}
