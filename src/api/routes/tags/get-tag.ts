import { z } from "zod";
import { getLabel } from "../../../db/labels.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerLabel, tagJson } from "./label-schema.ts";

/** GET /tags/:id */
export const getTagRoute = defineRoute({
  method: "get",
  path: "/tags/:id",
  summary: "Get a tag",
  tag: "Tags",
  access: { scope: "tags:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: tagJson }) },

  async run({ sql, company }, { params }) {
    return answerLabel(await getLabel(sql, { kind: "tag", companyId: company.id, id: params.id }));
  },
});
