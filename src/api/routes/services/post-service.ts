import { z } from "zod";
import { recordEvent } from "../../../db/events.ts";
import { insertService, type ServiceFields } from "../../../db/services.ts";
import { withChanges } from "../../changes.ts";
import { defineRoute } from "../../define-route.ts";
import { requiredText } from "../../inputs.ts";
import { presentService, serviceBody, serviceFields, serviceJson } from "./schema.ts";

/** POST /services */
export const postServiceRoute = defineRoute({
  method: "post",
  path: "/services",
  summary: "Create a service",
  tag: "Services",
  access: { scope: "services:write" },
  body: serviceBody.extend({ name: requiredText(255) }),
  answers: { 201: z.object({ data: serviceJson }) },

  async run({ tx, company, user, now }, { body }) {
    const blank: ServiceFields = {
      type: "service",
      name: body.name,
      description: null,
      defaultRate: null,
      unit: null,
      taxName1: null,
      taxRate1: null,
      taxName2: null,
      taxRate2: null,
      isActive: true,
    };
    const service = await insertService(tx, {
      ...withChanges(blank, serviceFields(body)),
      companyId: company.id,
      now,
    });
    await recordEvent(tx, {
      companyId: company.id,
      type: "service.created",
      subjectType: "service",
      subjectId: service.id,
      causerId: user.id,
      occurredAt: now,
    });
    return {
      status: 201,
      body: { data: presentService(service) },
      headers: { Location: `/api/v1/services/${service.id}` },
      version: service,
    };
  },
});
