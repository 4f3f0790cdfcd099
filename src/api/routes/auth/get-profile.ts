import { z } from "zod";
import { roles } from "../../../db/company-members.ts";
import { findUser } from "../../../db/users.ts";
import { Unauthenticated } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { presentUser, userJson } from "./schema.ts";

const profileJson = userJson
  .extend({
    role: z.enum(roles).meta({ description: "In the company." }),
    company: z.object({
      id: z.int(),
      name: z.string(),
      currency: z.string(),
      timezone: z.string(),
    }),
  })
  .meta({ id: "Profile" });

/** GET /profile — who the caller is, and where. */
export const getProfileRoute = defineRoute({
  method: "get",
  path: "/profile",
  summary: "Get the signed-in user's profile",
  description: "Of a token: its creator, and the company it works in.",
  tag: "Authentication",
  access: { scope: "profile:read" },
  answers: { 200: z.object({ data: profileJson }) },

  async run({ sql, user, role, company }) {
    const row = await findUser(sql, user.id);
    if (row === undefined) throw new Unauthenticated();
    const { id, name, currency, timezone } = company;
    const data = { ...presentUser(row), role, company: { id, name, currency, timezone } };
    return { status: 200, body: { data }, version: row };
  },
});
