import { z } from "zod";
import { createLabel } from "../../../actions/save-label.ts";
import { defineRoute } from "../../define-route.ts";
import { labelName } from "../../inputs.ts";
import { answerLabel, categoryJson } from "../tags/label-schema.ts";

/** POST /categories — what an invoice is filed under. */
export const postCategoryRoute = defineRoute({
  method: "post",
  path: "/categories",
  summary: "Create a category",
  description: "A name is one category's only, whatever its case (422).",
  tag: "Categories",
  access: { scope: "invoices:write" },
  body: z.strictObject({ name: labelName(100) }),
  answers: { 201: z.object({ data: categoryJson }) },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const label = await createLabel(tx, by, { kind: "category", name: body.name });
    const headers = { Location: `/api/v1/categories/${label.id}` };
    return { ...answerLabel(label), status: 201, headers };
  },
});
