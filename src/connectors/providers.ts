import type { ConnectionServices, OAuthApp, OAuthProvider } from "../platform/oauth.ts";
import { createKeyRing, type MasterKey } from "../platform/sealing.ts";
import type { AddressRules } from "../platform/address-guard.ts";
import { systemClock } from "../platform/clock.ts";
import { createHttpClient, type HttpClient } from "../platform/http-client.ts";
import type { GoogleSignIn, Providers } from "./contract.ts";
import { createGoogleSignIn } from "./google-sign-in/google-sign-in.ts";
import { createGoogleCalendar } from "./google-calendar/google-calendar.ts";
import { createFreshBooks } from "./freshbooks/freshbooks.ts";
import { createQuickBooks } from "./quickbooks/quickbooks.ts";
import { createSlack } from "./slack/slack.ts";
import { openStripe, type StripeSettings } from "./stripe/open-stripe.ts";
import { createWebhookTarget } from "./webhook-target/webhook-target.ts";

/** What the settings say about the providers; see config.ts for each variable. */
export interface ProviderSettings {
  masterKeys: readonly MasterKey[];
  /** Where webhooks may go. */
  webhooks: AddressRules;
  providers: {
    freshbooks: { url: string | undefined };
    google: ClientSettings;
    quickbooks: ClientSettings;
    slack: ClientSettings;
    stripe: StripeSettings;
  };
}

/** Our client at a provider, and its address when that is not its own. */
export interface ClientSettings {
  clientId: string | undefined;
  clientSecret: string | undefined;
  url: string | undefined;
}

/** Every provider there is code for. One that the settings name no client of is there all the same. */
export function openProviders({ masterKeys, webhooks, providers }: ProviderSettings): Providers {
  const freshbooks = createFreshBooks({ url: providers.freshbooks.url, clock: systemClock });
  const googleCalendar = createGoogleCalendar({
    app: appOf(providers.google),
    url: providers.google.url,
    clock: systemClock,
  });
  const quickbooks = createQuickBooks({
    app: appOf(providers.quickbooks),
    url: providers.quickbooks.url,
    clock: systemClock,
  });
  const stripe = openStripe(providers.stripe, systemClock);
  const slack = createSlack({
    app: appOf(providers.slack),
    url: providers.slack.url,
    clock: systemClock,
  });
  const oauth: readonly OAuthProvider[] = [
    freshbooks.oauth,
    googleCalendar.oauth,
    quickbooks.oauth,
    slack.oauth,
    stripe.oauth,
  ];
  const connections: ConnectionServices = {
    keys: createKeyRing(masterKeys),
    providers: new Map(oauth.map((provider) => [provider.name, provider])),
  };
  const google = createHttpClient({ name: "Google", clock: systemClock });
  const webhookTarget = createWebhookTarget({ rules: webhooks, clock: systemClock });
  return {
    connections,
    freshbooks,
    googleCalendar,
    quickbooks,
    googleSignIn: openGoogleSignIn(providers.google, google),
    slack,
    stripe: stripe.connector,
    webhookTarget,
    closeProviders() {
      freshbooks.close();
      googleCalendar.close();
      quickbooks.close();
      google.close();
      slack.close();
      stripe.close();
      webhookTarget.close();
    },
  };
}

function appOf({ clientId, clientSecret }: ClientSettings): OAuthApp | null {
  return clientId === undefined || clientSecret === undefined ? null : { clientId, clientSecret };
}

function openGoogleSignIn(settings: ClientSettings, http: HttpClient): GoogleSignIn | undefined {
  const app = appOf(settings);
  if (app === null) return undefined;
  const { url: issuerUrl = "https://accounts.google.com" } = settings;
  return createGoogleSignIn({ app, issuerUrl, http });
}
