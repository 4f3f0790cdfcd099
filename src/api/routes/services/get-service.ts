import { z } from "zod";
import { findService } from "../../../db/services.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentService, serviceJson } from "./schema.ts";

/** GET /services/:id */
export const getServiceRoute = defineRoute({
  method: "get",
  path: "/services/:id",
  summary: "Get a service",
  tag: "Services",
  access: { scope: "services:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: serviceJson }) },

  async run({ sql, company }, { params }) {
    const service = await findService(sql, { companyId: company.id, id: params.id });
    if (service === undefined) throw new NotFound("Service");
    return { status: 200, body: { data: presentService(service) }, version: service };
  },
});
