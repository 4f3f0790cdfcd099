import { connectOverApi, goToProvider } from "../../support/connect.ts";
import type { World } from "./world.ts";

const connectPath = ({ companyId }: World): string =>
  `/api/v1/settings/stripe/connect?company_id=${companyId}`;

/** What a browser brings back from Stripe, where somebody agreed. */
export async function backFromStripe(world: World): Promise<{ path: string; cookie: string }> {
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
