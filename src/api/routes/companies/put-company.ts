import { z } from "zod";
import { changeCompany } from "../../change-company.ts";
import { defineRoute, requireRole } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lockOwnCompany } from "./membership.ts";
import { companyBody, companyFields, companyJson, presentCompany } from "./schema.ts";

/** PUT /companies/:company_id — what is left out stays as it is. */
export const putCompanyRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: ["name"],
  path: "/companies/:company_id",
  summary: "Update a company",
  description:
    "Keys left out stay as they are. A changed zone or billing time moves the next night.",
  tag: "Companies",
  access: "session",
  params: z.object({ company_id: idParam }),
  body: companyBody,
  answers: { 200: z.object({ data: companyJson }) },

  async run({ tx, user, clock, requestId }, { params, body }) {
    const { company, role } = await lockOwnCompany(tx, {
      companyId: params.company_id,
      userId: user.id,
    });
    requireRole(role, "admin");
    const changed = await changeCompany(tx, {
      company,
      changes: companyFields(body),
      machineNow: clock.now(),
      by: { userId: user.id, requestId },
    });
    return { status: 200, body: { data: presentCompany(changed) }, version: changed };
  },
});
