import { connectOverApi, goToProvider, type WayBack } from "../../support/connect.ts";
import type { World } from "./world.ts";

const connectPath = ({ companyId }: World): string =>
  `/api/v1/settings/stripe/connect?company_id=${companyId}`;

/** What a browser brings back from Stripe, where somebody agreed. */
export async function backFromStripe(world: World): Promise<WayBack> {
  const { token, api } = world;
  return await goToProvider(api.ask, { token, connectPath: connectPath(world) });
}

export async function connectStripe(world: World): Promise<unknown> {
  const { token, api } = world;
  return await connectOverApi(api.ask, { token, connectPath: connectPath(world) });
}

/** The owner has paid for a plan on the page. */
export async function subscribe(world: World): Promise<unknown> {
  return await world.shared("subscription", async () => {
    const body = { plan: "enterprise", price_id: "price_enterprise_monthly" };
    const { checkout_url: url } = await world.need("POST", "/billing/checkout", body);
    await fetch(url, { redirect: "manual" });
    return { id: 0 };
  });
}

/** Stripe is down when it is asked for a page the next time. */
export async function failNextPage(world: World): Promise<void> {
  const { authorizeUrl } = await backFromStripe(world);
  const body = { match: { path: "/v1/checkout/sessions" }, fault: { kind: "status", status: 503 } };
  await fetch(`${authorizeUrl.origin}/_sandbox/faults`, {
    method: "POST",
    body: JSON.stringify(body),
  });
}
