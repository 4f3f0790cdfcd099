import { z } from "zod";
import { lockClients, markClientsDeleted, setClientsArchived } from "../../../db/clients.ts";
import { recordEvents } from "../../../db/events.ts";
import { bulkAnswer, bulkJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { bulkIds } from "../../inputs.ts";

const eventTypes = {
  archive: "client.archived",
  unarchive: "client.unarchived",
  delete: "client.deleted",
} as const;

/** POST /clients/bulk-action — all or nothing; ids that are not there are named, not counted. */
export const postClientsBulkActionRoute = defineRoute({
  method: "post",
  path: "/clients/bulk-action",
  summary: "Bulk action on clients",
  description: "Actions: archive, unarchive, delete. Returns the count of affected records.",
  tag: "Clients",
  access: { scope: "clients:write" },
  body: z.strictObject({ ids: bulkIds, action: z.enum(["archive", "unarchive", "delete"]) }),
  answers: { 200: bulkJson },

  async run({ tx, company, user, now }, { body }) {
    const ids = await lockClients(tx, { companyId: company.id, ids: body.ids });
    const change = { companyId: company.id, ids, now };
    const affected =
      body.action === "delete"
        ? await markClientsDeleted(tx, change)
        : await setClientsArchived(tx, { ...change, isArchived: body.action === "archive" });
    await recordEvents(
      tx,
      company.id,
      affected.map((id) => ({
        type: eventTypes[body.action],
        subjectType: "client",
        subjectId: id,
        causerId: user.id,
        occurredAt: now,
      })),
    );
    return bulkAnswer({ affected: affected.length, asked: body.ids, found: ids });
  },
});
