import type { Providers } from "../../src/connectors/contract.ts";
import { openProviders, type ProviderSettings } from "../../src/connectors/providers.ts";
import type { OAuthProvider } from "../../src/platform/oauth.ts";
import { createKeyRing } from "../../src/platform/sealing.ts";

const NONE = { clientId: undefined, clientSecret: undefined, url: undefined };

/** A key for tests. */
const testKey = { id: "test", key: Buffer.alloc(32, 7) };

/** The providers as the product opens them, with a key of the tests; those not named have no client. Webhooks may go to this machine. */
export function openTestProviders(
  settings: Partial<ProviderSettings["providers"]> = {},
  webhooks: ProviderSettings["webhooks"] = {
    allowsHttp: true,
    allowed: [{ address: "127.0.0.0", prefix: 8 }],
  },
): Providers {
  return openProviders({
    masterKeys: [testKey],
    webhooks,
    providers: {
      freshbooks: { url: undefined },
      google: NONE,
      quickbooks: NONE,
      slack: NONE,
      stripe: {
        clientId: undefined,
        secretKey: undefined,
        products: {},
        webhookSecrets: [],
        planDefault: "enterprise",
        url: undefined,
      },
      ...settings,
    },
  });
}

/** The same, but for connections to these providers only. */
export function openTestConnections(...providers: readonly OAuthProvider[]): Providers {
  return {
    ...openTestProviders(),
    connections: {
      keys: createKeyRing([testKey]),
      providers: new Map(providers.map((provider) => [provider.name, provider])),
    },
  };
}
