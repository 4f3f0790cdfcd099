import { z } from "zod";
import { requireRoomIn } from "../../../actions/require-plan.ts";
import { rescheduleNights } from "../../../actions/schedule-night.ts";
import { recordAudit } from "../../../db/audit.ts";
import { findCompany, insertCompany, updateCompany } from "../../../db/companies.ts";
import { insertMember } from "../../../db/company-members.ts";
import { lockUser, setCurrentCompany } from "../../../db/users.ts";
import { NotFound } from "../../../errors.ts";
import { withChanges } from "../../changes.ts";
import { defineRoute } from "../../define-route.ts";
import { requiredText } from "../../inputs.ts";
import { getAccountPlan } from "../billing/account.ts";
import { companyBody, companyFields, companyJson, presentCompany } from "./schema.ts";

/** POST /companies — founds a company; its founder owns it, and works there when it is the first. */
export const postCompanyRoute = defineRoute({
  method: "post",
  path: "/companies",
  summary: "Create a company",
  description: "403 with `upgrade_required` when the plan allows no further company.",
  tag: "Companies",
  access: "session",
  body: companyBody.extend({ name: requiredText(255) }),
  answers: { 201: z.object({ data: companyJson }) },

  async run({ tx, user, services, clock, requestId }, { body }) {
    const now = clock.now();
    const founder = await lockUser(tx, user.id);
    if (founder === undefined) throw new NotFound("User");
    const plan = await getAccountPlan(tx, services, user.id);
    await requireRoomIn(
      tx,
      { ownerId: user.id, companyId: null, testCompanyId: null, plan, now },
      "companies",
    );
    const blank = await insertCompany(tx, { name: body.name, plan, now });
    await updateCompany(tx, blank.id, { ...withChanges(blank, companyFields(body)), now });
    await insertMember(tx, { companyId: blank.id, userId: user.id, role: "owner" });
    if (founder.currentCompanyId === null) {
      await setCurrentCompany(tx, { userId: user.id, companyId: blank.id, now });
    }
    await rescheduleNights(tx, blank.id, now);
    await recordAudit(tx, {
      companyId: blank.id,
      userId: user.id,
      action: "company.created",
      subjectType: "company",
      subjectId: blank.id,
      requestId,
    });
    const company = await findCompany(tx, blank.id);
    if (company === undefined) throw new NotFound("Company");
    return {
      status: 201,
      body: { data: presentCompany(company) },
      headers: { Location: `/api/v1/companies/${company.id}` },
      version: company,
    };
  },
});
