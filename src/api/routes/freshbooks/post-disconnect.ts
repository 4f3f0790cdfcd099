import { disconnectProvider } from "../../../actions/disconnect-provider.ts";
import { failImport } from "../../../actions/finish-import.ts";
import { findLatestImport } from "../../../db/imports.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { Conflict } from "../../../errors.ts";
import { getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";
import { messageAnswer, messageJson } from "./schema.ts";

/** POST /settings/freshbooks/disconnect — withdraws our access there; the saved credentials stay. */
export const postFreshBooksDisconnectRoute = defineRoute({
  method: "post",
  path: "/settings/freshbooks/disconnect",
  summary: "Disconnect from FreshBooks",
  description: "Ends an import that runs. Nothing happens to a company that is not connected.",
  tag: "FreshBooks",
  access: { scope: "integrations:write", minimumRole: "admin" },
  answers: { 200: messageJson },
  isTransactional: false,

  async run(context) {
    const { sql, clock, services, company, user, requestId, now } = context;
    const provider = getProvider(context, "freshbooks");
    try {
      await disconnectProvider(
        { sql, clock, connectors: services.connectors, signal: AbortSignal.timeout(20_000) },
        { provider, company, userId: user.id, requestId },
      );
    } catch (error) {
      // What is wanted is so already.
      if (!(error instanceof Conflict) || error.code !== "not_connected") throw error;
    }
    const latest = await findLatestImport(sql, { companyId: company.id, provider: provider.name });
    if (latest !== undefined) {
      await inTransaction(sql, (tx) =>
        failImport(tx, { now, causerId: user.id }, latest, "FreshBooks was disconnected."),
      );
    }
    return messageAnswer("Disconnected from FreshBooks.");
  },
});
