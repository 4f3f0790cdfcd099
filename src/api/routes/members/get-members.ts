import { z } from "zod";
import { countMembers, listMembers } from "../../../db/company-members.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { getOwnCompany } from "../companies/membership.ts";
import { memberJson, presentMember } from "./schema.ts";

/** GET /companies/:company_id/members — by name. */
export const getMembersRoute = defineRoute({
  method: "get",
  path: "/companies/:company_id/members",
  summary: "List company members",
  description: "Returns all users belonging to the company with their role.",
  tag: "Company members",
  access: "session",
  params: z.object({ company_id: idParam }),
  query: z.strictObject(pageQuery),
  answers: { 200: listJson(memberJson, {}) },

  async run({ sql, user }, { params, query }) {
    const { company } = await getOwnCompany(sql, { companyId: params.company_id, userId: user.id });
    const page = pageOf(query);
    const [members, total] = await Promise.all([
      listMembers(sql, { companyId: company.id, ...page }),
      countMembers(sql, company.id),
    ]);
    return listAnswer(members.map(presentMember), { ...page, total });
  },
});
