import { connectOverApi, goToProvider } from "../../support/connect.ts";
import type { Data, World } from "./world.ts";

/** Keeps the client that the sandbox knows. */
async function saveFreshBooksApp(world: World): Promise<void> {
  await world.need("POST", "/settings/freshbooks/credentials", {
    client_id: "sandbox-client",
    client_secret: "sandbox-secret",
  });
}

/** Connected, and no import runs. */
export async function connectFreshBooks(world: World): Promise<void> {
  await saveFreshBooksApp(world);
  const connectPath = `/api/v1/settings/freshbooks/connect?company_id=${world.companyId}`;
  await connectOverApi(world.api.ask, { token: world.token, connectPath });
  await world.need("POST", "/settings/freshbooks/reset");
}

/** Connected, and an import has begun; returns what it answered. */
export async function importClients(world: World): Promise<Data> {
  await connectFreshBooks(world);
  return await world.need("POST", "/settings/freshbooks/import", {
    selected_resources: ["clients"],
  });
}

/** What operations of FreshBooks need. */
export const freshbooksPreparations: Readonly<Record<string, (world: World) => Promise<unknown>>> =
  {
    "GET /settings/freshbooks/connect": saveFreshBooksApp,
    "GET /settings/freshbooks/preview": connectFreshBooks,
    "GET /settings/freshbooks/status": importClients,
    "GET /settings/freshbooks/report": importClients,
    "POST /settings/freshbooks/import": connectFreshBooks,
    "POST /settings/freshbooks/reset": connectFreshBooks,
    "POST /settings/freshbooks/disconnect": connectFreshBooks,
  };

/** What a browser brings back from FreshBooks, where somebody agreed. */
export async function backFromFreshBooks(world: World): Promise<{ path: string; cookie: string }> {
  await saveFreshBooksApp(world);
  const connectPath = `/api/v1/settings/freshbooks/connect?company_id=${world.companyId}`;
  return await goToProvider(world.api.ask, { token: world.token, connectPath });
}
