import { withConnection } from "../../../actions/use-connection.ts";
import type { CalendarRef } from "../../../connectors/google-calendar/contract.ts";
import type { Sql } from "../../../db/client.ts";
import { findConnection } from "../../../db/connections.ts";
import { Conflict, ProviderUnavailable } from "../../../errors.ts";
import type { CompanyContext } from "../../context.ts";

/** A request waits for Google no longer, in milliseconds. */
const ANSWER_MS_MAX = 10_000;

/**
 * The calendars of the person who connected, asked of Google now.
 *
 * @throws Conflict `not_connected`
 * @throws ProviderUnavailable (502) when Google does not answer in time
 */
export async function readCalendars({
  sql,
  clock,
  services,
  company,
}: CompanyContext & { sql: Sql }): Promise<{ account: string; calendars: CalendarRef[] }> {
  const key = { companyId: company.id, provider: "google-calendar" } as const;
  const { connectors } = services;
  if ((await findConnection(sql, key))?.status !== "connected") {
    throw new Conflict("Google Calendar is not connected.", { code: "not_connected" });
  }
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  try {
    return await withConnection({ sql, clock, connectors, signal }, key, async (connection) => ({
      account: connection.externalId,
      calendars: await connection.call((accessToken) =>
        connectors.googleCalendar.listCalendars({ accessToken, signal }),
      ),
    }));
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    throw new ProviderUnavailable("Google Calendar: it took too long", { cause: error });
  }
}
