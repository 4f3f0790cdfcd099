import { z } from "zod";
import { getCredit } from "../../../db/credits.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { creditAnswer, presentCredit } from "./schema.ts";

/** GET /credits/:id */
export const getCreditRoute = defineRoute({
  method: "get",
  path: "/credits/:id",
  summary: "Get a credit",
  tag: "Credits",
  access: { scope: "credits:read" },
  params: z.object({ id: idParam }),
  answers: { 200: creditAnswer },

  async run({ sql, company }, { params }) {
    const credit = await getCredit(sql, { companyId: company.id, id: params.id });
    return { status: 200, body: { data: presentCredit(credit) }, version: credit };
  },
});
