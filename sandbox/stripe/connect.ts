import type { SandboxRoute, World } from "../provider.ts";
import type { Thing } from "./books.ts";
import type { Events } from "./events.ts";

/** Whoever agrees on the page of Connect has this account, unless they choose another one. */
const ACCOUNT = "acct_sandbox";

export interface Connect {
  routes: SandboxRoute[];
  /** Whether the platform may act for an account. */
  mayUse: (account: string) => boolean;
  /** As the API shows it. */
  account: (id: string) => Thing;
  /** What an account may do changes, and we are told. */
  change: (account: string, abilities: Abilities) => void;
  /** Which account the next person connects. */
  choose: (account: string) => void;
  /** Its owner takes away what they granted, and we are told. */
  deauthorize: (account: string) => void;
}

interface Abilities {
  charges_enabled: boolean;
  payouts_enabled: boolean;
}

/** The platform, and the accounts that have let it in. */
export function createConnect({ oauth }: World, events: Events): Connect {
  const grants = new Map<string, string>();
  const changed = new Map<string, Abilities>();
  let chosen = ACCOUNT;
  const mayUse = (account: string) => oauth.judge(grants.get(account)) === "valid";
  const withdraw = (account: string) => oauth.revoke(grants.get(account) ?? null);

  const account = (id: string): Thing => ({
    id,
    object: "account",
    type: "standard",
    charges_enabled: true,
    payouts_enabled: true,
    ...changed.get(id),
    email: "owner@example.test",
    business_profile: { name: "Acme Corp" },
    settings: {
      branding: {},
      card_payments: {},
      dashboard: { display_name: "Acme Corp" },
      payments: {},
    },
  });

  return {
    mayUse,
    account,
    change(id, abilities) {
      changed.set(id, abilities);
      events.tell(id, "account.updated", account(id));
    },
    choose(id) {
      chosen = id;
    },
    deauthorize(id) {
      withdraw(id);
      const application = { id: oauth.client.id, object: "application", name: "Nightledger" };
      events.tell(id, "account.application.deauthorized", application);
    },
    routes: [
      { method: "GET", path: "/oauth/authorize", run: (request) => oauth.approve(request) },
      {
        method: "POST",
        path: "/oauth/token",
        run(request) {
          const form = request.form();
          const given = oauth.exchange({
            clientId: form.get("client_id"),
            clientSecret: form.get("client_secret"),
            code: form.get("code"),
            redirectUri: null,
          });
          if ("error" in given) {
            const body = { error: given.error, error_description: given.description };
            return { status: given.error === "invalid_client" ? 401 : 400, body };
          }
          grants.set(chosen, given.accessToken);
          return {
            status: 200,
            body: {
              access_token: given.accessToken,
              refresh_token: "rt_sandbox",
              token_type: "bearer",
              livemode: false,
              scope: given.scope,
              stripe_publishable_key: "pk_test_sandbox",
              stripe_user_id: chosen,
            },
          };
        },
      },
      {
        method: "POST",
        path: "/oauth/deauthorize",
        run(request) {
          const form = request.form();
          const id = form.get("stripe_user_id") ?? "";
          const isPlatform =
            request.bearer === oauth.client.secret && form.get("client_id") === oauth.client.id;
          if (!isPlatform || !mayUse(id)) {
            const body = {
              error: "invalid_client",
              error_description: `This application is not connected to stripe account ${id}, or that account does not exist.`,
            };
            return { status: 401, body };
          }
          withdraw(id);
          return { status: 200, body: { stripe_user_id: id } };
        },
      },
    ],
  };
}
