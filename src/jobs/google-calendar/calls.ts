import { withBudget } from "../../actions/provider-budget.ts";
import type { OpenConnection } from "../../actions/use-connection.ts";
import type { CalendarCall } from "../../connectors/google-calendar/contract.ts";
import type { JobContext } from "../define-job.ts";

/** Half of the 600 a minute that Google has let a person ask; newer projects may have less. */
const LIMIT = { perSecond: 5, burst: 50, waitMsMax: 10_000 };

/** One request at a time, within what Google lets the account ask. */
export type CallCalendar = <Result>(
  request: (call: CalendarCall) => Promise<Result>,
) => Promise<Result>;

export function callerOf(ctx: JobContext, connection: OpenConnection): CallCalendar {
  const budget = { key: `google-calendar/${connection.externalId}`, limit: LIMIT };
  return async (request) =>
    await connection.call((accessToken) =>
      withBudget(ctx, budget, () => request({ accessToken, signal: ctx.signal })),
    );
}
