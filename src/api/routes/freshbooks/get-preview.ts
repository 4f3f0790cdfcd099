import { z } from "zod";
import { keepPreview } from "../../../actions/start-import.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { Conflict, ConnectionRevoked, ProviderUnavailable } from "../../../errors.ts";
import { countRecords } from "../../../jobs/freshbooks/count-records.ts";
import { getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";
import { refusalJson, refuse } from "./schema.ts";

/** A request waits for FreshBooks no longer. */
const TIMEOUT_MS = 10_000;

/** GET /settings/freshbooks/preview — what an import would find. */
export const getFreshBooksPreviewRoute = defineRoute({
  method: "get",
  path: "/settings/freshbooks/preview",
  summary: "Count what FreshBooks holds",
  description:
    "Counts the records of each resource, archived ones too, without taking anything over. null: the " +
    "connection may not read it. 502 when FreshBooks does not answer within ten seconds.",
  tag: "FreshBooks",
  access: { scope: "imports:write", minimumRole: "admin" },
  answers: {
    200: z.object({ data: z.record(z.string(), z.int().nullable()) }),
    422: refusalJson,
  },
  failures: [502],

  async run(context) {
    const { sql, clock, services, company, user, now } = context;
    const provider = getProvider(context, "freshbooks");
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const worker = { sql, clock, connectors: services.connectors, signal };
    try {
      const { account, counts } = await countRecords(worker, company.id);
      await inTransaction(sql, (tx) =>
        keepPreview(tx, { company, provider, userId: user.id, now }, { account, preview: counts }),
      );
      return { status: 200, body: { data: counts } };
    } catch (error) {
      if (error instanceof ConnectionRevoked) {
        return refuse(context, 422, new Conflict(error.message, { code: "not_connected" }));
      }
      if (!signal.aborted) throw error;
      throw new ProviderUnavailable("FreshBooks does not answer.", { cause: error });
    }
  },
});
