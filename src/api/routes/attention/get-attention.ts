import { z } from "zod";
import { countAttention, listAttention } from "../../../db/attention.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { filterQuery } from "../../inputs.ts";
import { attentionJson, presentAttention } from "./schema.ts";

/** GET /attention-items — what waits for a person; open ones unless told otherwise, newest first. */
export const getAttentionRoute = defineRoute({
  method: "get",
  path: "/attention-items",
  summary: "List what needs a person",
  tag: "Runs",
  access: { scope: "runs:read" },
  query: z.strictObject({
    ...pageQuery,
    filter: filterQuery({ status: z.enum(["open", "resolved"]).optional() }),
  }),
  answers: { 200: listJson(attentionJson, {}) },
  async run({ sql, company }, { query }) {
    const page = pageOf(query);
    const filter = { companyId: company.id, isOpen: query.filter?.status !== "resolved" };
    const [items, total] = await Promise.all([
      listAttention(sql, { ...filter, ...page }),
      countAttention(sql, filter),
    ]);
    return listAnswer(items.map(presentAttention), { ...page, total });
  },
});
