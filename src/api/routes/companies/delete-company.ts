import { z } from "zod";
import { recordAudit } from "../../../db/audit.ts";
import { markCompanyDeleted } from "../../../db/companies.ts";
import { leaveCompany } from "../../../db/users.ts";
import { Forbidden } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lockOwnCompany } from "./membership.ts";

/** DELETE /companies/:company_id — the owner only. Records are kept, nobody can enter any more. */
export const deleteCompanyRoute = defineRoute({
  method: "delete",
  path: "/companies/:company_id",
  summary: "Delete a company",
  description: "Only the company owner can delete a company. Returns 403 for any other role.",
  tag: "Companies",
  access: "session",
  params: z.object({ company_id: idParam }),
  answers: { 204: null },

  async run({ tx, user, clock, requestId }, { params }) {
    const { company, role } = await lockOwnCompany(tx, {
      companyId: params.company_id,
      userId: user.id,
    });
    if (role !== "owner") {
      throw new Forbidden("Only the owner can delete a company.", { code: "role_required" });
    }
    const now = clock.now();
    await markCompanyDeleted(tx, { companyId: company.id, now });
    await leaveCompany(tx, { companyId: company.id, now });
    await recordAudit(tx, {
      companyId: company.id,
      userId: user.id,
      action: "company.deleted",
      subjectType: "company",
      subjectId: company.id,
      requestId,
    });
    return { status: 204 };
  },
});
