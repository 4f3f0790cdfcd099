import { connectOverApi } from "../../support/connect.ts";
import type { World } from "./world.ts";

const BASE = "/integrations/google-calendar";
/** Of whoever agrees at the sandbox. */
export const calendarId = "ada@sandbox.test";

export async function connectGoogle({ api, token, companyId }: World): Promise<unknown> {
  const connectPath = `/api/v1${BASE}/connect?company_id=${companyId}`;
  return await connectOverApi(api.ask, { token, connectPath });
}

export async function chooseCalendar(world: World): Promise<unknown> {
  await connectGoogle(world);
  return await world.need("PUT", `${BASE}/settings`, { calendar_id: calendarId });
}
