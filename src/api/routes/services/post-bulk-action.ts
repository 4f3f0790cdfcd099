import { z } from "zod";
import { recordEvents } from "../../../db/events.ts";
import { lockServices, markServicesDeleted, setServicesActive } from "../../../db/services.ts";
import { bulkAnswer, bulkJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { bulkIds } from "../../inputs.ts";

const eventTypes = {
  activate: "service.activated",
  deactivate: "service.deactivated",
  delete: "service.deleted",
} as const;

/** POST /services/bulk-action — all or nothing; ids that are not there are named, not counted. */
export const postServicesBulkActionRoute = defineRoute({
  method: "post",
  path: "/services/bulk-action",
  summary: "Bulk action on services",
  description: "Actions: activate, deactivate, delete. Returns the count of affected records.",
  tag: "Services",
  access: { scope: "services:write" },
  body: z.strictObject({ ids: bulkIds, action: z.enum(["activate", "deactivate", "delete"]) }),
  answers: { 200: bulkJson },

  async run({ tx, company, user, now }, { body }) {
    const ids = await lockServices(tx, { companyId: company.id, ids: body.ids });
    const change = { companyId: company.id, ids, now };
    const affected =
      body.action === "delete"
        ? await markServicesDeleted(tx, change)
        : await setServicesActive(tx, { ...change, isActive: body.action === "activate" });
    await recordEvents(
      tx,
      company.id,
      affected.map((id) => ({
        type: eventTypes[body.action],
        subjectType: "service",
        subjectId: id,
        causerId: user.id,
        occurredAt: now,
      })),
    );
    return bulkAnswer({ affected: affected.length, asked: body.ids, found: ids });
  },
});
