import type { SandboxAnswer, SandboxRequest, SandboxRoute } from "../provider.ts";
import { apiRoute, type Desk } from "./desk.ts";
import { missing } from "./refusals.ts";

/**
 * What people do at Stripe, and what happens there by itself; JSON, without a key:
 *
 * - POST /dashboard/events/send (a `Sending`): sends webhooks
 * - POST /dashboard/secret/roll: another signing secret, beside the one there is
 * - POST /dashboard/payments/ID/settle {"account", "status": "succeeded" | "failed"}: a debit comes, or does not
 * - POST /dashboard/refunds/ID {"account", "status": "succeeded" | "failed" | "canceled"}: what becomes of one later
 * - POST /dashboard/disputes {"account", "payment_intent", "amount"}: a bank takes money back
 * - POST /dashboard/disputes/ID {"account", "status"}: "won" or "lost"
 * - POST /dashboard/accounts/ID {"charges_enabled", "payouts_enabled"}: what an account may do changes
 * - POST /dashboard/accounts/ID/choose: the one that the next person connects
 * - POST /dashboard/accounts/ID/deauthorize: its owner lets us in no more
 * - POST /dashboard/subscriptions/ID {"status"}: one is not paid any more, or ends
 * - POST /dashboard/keys/break, /hold {"path"}, /release: see `IdempotencyStore`
 *
 * Endpoints are registered as at Stripe (POST /v1/webhook_endpoints); what happens on a page is sent to
 * them before the browser goes on.
 */
export function dashboardRoutes(desk: Desk): SandboxRoute[] {
  const { books, ledgers, events, store, connect } = desk;
  const ok = { status: 200, body: { ok: true } };
  return [
    apiRoute(desk, "POST", "/v1/webhook_endpoints", (request) => {
      const url = request.form().get("url");
      return url === null ? missing("url") : { status: 200, body: events.addEndpoint(url) };
    }),
    dashboard("events/send", async (given) => ({
      status: 200,
      body: await events.send(given),
    })),
    dashboard("secret/roll", () => ({ status: 200, body: { secret: events.rollSecret() } })),
    dashboard("payments/:id/settle", ({ account, status }, { id = "" }) =>
      ledgers.settle(String(account), id, status === "succeeded") ? ok : { status: 404 },
    ),
    dashboard("refunds/:id", ({ account, status }, { id = "" }) =>
      (status === "succeeded" || status === "failed" || status === "canceled") &&
      ledgers.endRefund(String(account), id, status)
        ? ok
        : { status: 404 },
    ),
    dashboard("disputes", ({ account, payment_intent: id, amount }) => {
      const body = ledgers.dispute(
        String(account),
        String(id),
        typeof amount === "number" ? amount : undefined,
      );
      return body === undefined ? { status: 404 } : { status: 200, body };
    }),
    dashboard("disputes/:id", ({ account, status }, { id = "" }) =>
      ledgers.closeDispute(String(account), id, String(status)) ? ok : { status: 404 },
    ),
    dashboard("accounts/:id", (given, { id = "" }) => {
      connect.change(id, {
        charges_enabled: given["charges_enabled"] !== false,
        payouts_enabled: given["payouts_enabled"] !== false,
      });
      return ok;
    }),
    dashboard("accounts/:id/choose", (_given, { id = "" }) => {
      connect.choose(id);
      return ok;
    }),
    dashboard("accounts/:id/deauthorize", (_given, { id = "" }) => {
      connect.deauthorize(id);
      return ok;
    }),
    dashboard("subscriptions/:id", ({ status }, { id = "" }) =>
      books.changeSubscription(id, String(status)) ? ok : { status: 404 },
    ),
    dashboard("keys/break", ({ path }) => {
      store.breakNext(String(path));
      return ok;
    }),
    dashboard("keys/hold", ({ path }) => {
      store.holdNext(String(path));
      return ok;
    }),
    dashboard("keys/release", () => {
      store.release();
      return ok;
    }),
  ];
}

function dashboard(
  path: string,
  run: (
    given: Record<string, unknown>,
    params: SandboxRequest["params"],
  ) => SandboxAnswer | Promise<SandboxAnswer>,
): SandboxRoute {
  return {
    method: "POST",
    path: `/dashboard/${path}`,
    run: ({ json, params }) => {
      const given = json();
      return run(typeof given === "object" && given !== null ? { ...given } : {}, params);
    },
  };
}
