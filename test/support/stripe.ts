import {
  startProviderServer,
  type SandboxServer,
  type ServerOptions,
} from "../../sandbox/server.ts";
import { WEBHOOK_SECRET } from "../../sandbox/stripe/events.ts";
import { stripeSandbox } from "../../sandbox/stripe/stripe.ts";
import type { Providers } from "../../src/connectors/contract.ts";
import type { StripeSettings } from "../../src/connectors/stripe/open-stripe.ts";
import { createSpecChecker } from "./spec-checker.ts";
import { findSpec } from "./shared-data.ts";
import { openTestProviders } from "./providers.ts";

export interface TestStripe {
  sandbox: SandboxServer;
  /** The product's own way there. */
  providers: Providers;
  close: () => Promise<void>;
}

/** What the settings of the sandbox say. */
export function stripeSettings({ url, oauth }: SandboxServer): StripeSettings {
  const products = { starter: "prod_starter", pro: "prod_pro", enterprise: "prod_enterprise" };
  return {
    clientId: oauth.client.id,
    secretKey: oauth.client.secret,
    products,
    // One of an endpoint that is not there any more, too.
    webhookSecrets: ["whsec_old", WEBHOOK_SECRET],
    planDefault: "free",
    url,
  };
}

/**
 * Stripe's own contract as a judge; undefined where it is not at hand. It has no invoices and
 * subscriptions, and takes seconds over an account.
 */
export async function findStripeCheck(): Promise<ServerOptions["check"]> {
  const document = await findSpec("specs/stripe/openapi.subset.2023-08-16.json");
  return document === undefined
    ? undefined
    : createSpecChecker({
        document,
        ignores: /^\w+ \/(oauth|pay|dashboard|v1\/(accounts|invoices|subscriptions))/,
      });
}

/** Stripe on a port of this machine. */
export async function startStripe({
  check,
}: { check?: ServerOptions["check"] | undefined } = {}): Promise<TestStripe> {
  const sandbox = await startProviderServer(stripeSandbox, check === undefined ? {} : { check });
  const providers = openTestProviders({ stripe: stripeSettings(sandbox) });
  return {
    sandbox,
    providers,
    close: async () => {
      providers.closeProviders();
      await sandbox.close();
    },
  };
}
