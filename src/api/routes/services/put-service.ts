import { z } from "zod";
import { recordEvent } from "../../../db/events.ts";
import { lockService, updateService } from "../../../db/services.ts";
import { NotFound } from "../../../errors.ts";
import { withChanges } from "../../changes.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentService, serviceBody, serviceFields, serviceJson } from "./schema.ts";

/** PUT and PATCH /services/:id — lines already made from it keep what they have. */
export const putServiceRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: ["name"],
  path: "/services/:id",
  summary: "Update a service",
  description: "Keys left out stay as they are; null clears.",
  tag: "Services",
  access: { scope: "services:write" },
  params: z.object({ id: idParam }),
  body: serviceBody,
  answers: { 200: z.object({ data: serviceJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const key = { companyId: company.id, id: params.id };
    const before = await lockService(tx, key);
    if (before === undefined) throw new NotFound("Service");
    const fields = withChanges(before, serviceFields(body));
    const service = await updateService(tx, { ...fields, ...key, now });
    await recordEvent(tx, {
      companyId: company.id,
      type: "service.updated",
      subjectType: "service",
      subjectId: service.id,
      payload: { fields: Object.keys(body) },
      causerId: user.id,
      occurredAt: now,
    });
    return { status: 200, body: { data: presentService(service) }, version: service };
  },
});
