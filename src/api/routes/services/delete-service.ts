import { z } from "zod";
import { recordEvent } from "../../../db/events.ts";
import { lockService, markServicesDeleted } from "../../../db/services.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /services/:id — lines already made from it stay. */
export const deleteServiceRoute = defineRoute({
  method: "delete",
  path: "/services/:id",
  summary: "Delete a service",
  tag: "Services",
  access: { scope: "services:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const service = await lockService(tx, { companyId: company.id, id: params.id });
    if (service === undefined) throw new NotFound("Service");
    await markServicesDeleted(tx, { companyId: company.id, ids: [service.id], now });
    await recordEvent(tx, {
      companyId: company.id,
      type: "service.deleted",
      subjectType: "service",
      subjectId: service.id,
      causerId: user.id,
      occurredAt: now,
    });
    return { status: 204 };
  },
});
