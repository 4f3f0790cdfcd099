import { z } from "zod";
import { getLabel } from "../../../db/labels.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerLabel, categoryJson } from "../tags/label-schema.ts";

/** GET /categories/:id */
export const getCategoryRoute = defineRoute({
  method: "get",
  path: "/categories/:id",
  summary: "Get a category",
  tag: "Categories",
  access: { scope: "invoices:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: categoryJson }) },

  async run({ sql, company }, { params }) {
    return answerLabel(
      await getLabel(sql, { kind: "category", companyId: company.id, id: params.id }),
    );
  },
});
