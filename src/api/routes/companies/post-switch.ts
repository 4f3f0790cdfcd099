import { z } from "zod";
import { setCurrentCompany } from "../../../db/users.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { getOwnCompany } from "./membership.ts";
import { companyJson, presentCompany } from "./schema.ts";

/** POST /companies/:company_id/switch — where requests go that name no company. */
export const postSwitchRoute = defineRoute({
  method: "post",
  path: "/companies/:company_id/switch",
  summary: "Switch the active company",
  description: "Updates the user's current_company_id so later requests default to this company.",
  tag: "Companies",
  access: "session",
  params: z.object({ company_id: idParam }),
  answers: { 200: z.object({ data: companyJson }) },

  async run({ tx, user, clock }, { params }) {
    const { company } = await getOwnCompany(tx, { companyId: params.company_id, userId: user.id });
    await setCurrentCompany(tx, { userId: user.id, companyId: company.id, now: clock.now() });
    return { status: 200, body: { data: presentCompany(company) } };
  },
});
