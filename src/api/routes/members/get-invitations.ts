import { z } from "zod";
import { countPendingInvitations, listPendingInvitations } from "../../../db/invitations.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute, requireRole } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { getOwnCompany } from "../companies/membership.ts";
import { pendingInvitationJson, presentPendingInvitation } from "./schema.ts";

/** GET /companies/:company_id/members/invitations — the newest first. */
export const getInvitationsRoute = defineRoute({
  method: "get",
  path: "/companies/:company_id/members/invitations",
  summary: "List pending invitations",
  description:
    "For admins. Returns all non-expired, non-accepted invitations for the company, ordered by most recent.",
  tag: "Company members",
  access: "session",
  params: z.object({ company_id: idParam }),
  query: z.strictObject(pageQuery),
  answers: { 200: listJson(pendingInvitationJson, {}) },

  async run({ sql, user, clock }, { params, query }) {
    const companyId = params.company_id;
    const { role } = await getOwnCompany(sql, { companyId, userId: user.id });
    requireRole(role, "admin");
    const page = pageOf(query);
    const filter = { companyId, now: clock.now() };
    const [invitations, total] = await Promise.all([
      listPendingInvitations(sql, { ...filter, ...page }),
      countPendingInvitations(sql, filter),
    ]);
    return listAnswer(invitations.map(presentPendingInvitation), { ...page, total });
  },
});
