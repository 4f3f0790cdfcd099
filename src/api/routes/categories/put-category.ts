import { z } from "zod";
import { renameLabel } from "../../../actions/save-label.ts";
import { lockLabel } from "../../../db/labels.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, labelName } from "../../inputs.ts";
import { answerLabel, categoryJson } from "../tags/label-schema.ts";

/** PUT /categories/:id — on every invoice that has it. */
export const putCategoryRoute = defineRoute({
  method: "put",
  path: "/categories/:id",
  summary: "Rename a category",
  tag: "Categories",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({ name: labelName(100) }),
  answers: { 200: z.object({ data: categoryJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const label = await lockLabel(tx, { kind: "category", companyId: company.id, id: params.id });
    const by = { company, causerId: user.id, now };
    return answerLabel(await renameLabel(tx, by, { kind: "category", label, name: body.name }));
  },
});
