import { z } from "zod";
import { rescheduleNights } from "../../../actions/schedule-night.ts";
import { recordAudit } from "../../../db/audit.ts";
import {
  findCompany,
  insertCompany,
  listPlansOwnedBy,
  updateCompany,
  type CompanyRow,
} from "../../../db/companies.ts";
import { insertMember } from "../../../db/company-members.ts";
import { lockUser, setCurrentCompany } from "../../../db/users.ts";
import { Forbidden, NotFound } from "../../../errors.ts";
import { withChanges } from "../../changes.ts";
import { defineRoute } from "../../define-route.ts";
import { requiredText } from "../../inputs.ts";
import { companyBody, companyFields, companyJson, presentCompany } from "./schema.ts";

const plansByRank: readonly CompanyRow["plan"][] = ["free", "starter", "pro", "enterprise"];

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
    // Locked, so that two requests at once cannot both be the last one the plan allows.
    const founder = await lockUser(tx, user.id);
    if (founder === undefined) throw new NotFound("User");
    const owned = await listPlansOwnedBy(tx, user.id);
    const plan =
      plansByRank.findLast((candidate) => owned.includes(candidate)) ??
      services.settings.planDefault;
    const { maxCompanies } = services.settings.plans[plan];
    if (maxCompanies !== null && owned.length >= maxCompanies) {
      throw new Forbidden(
        `You've reached your ${plan} plan limit of ${maxCompanies} companies. Please upgrade.`,
        { code: "upgrade_required", details: { upgrade_required: true } },
      );
    }
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
