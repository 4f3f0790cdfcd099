import { z } from "zod";
import { renameLabel } from "../../../actions/save-label.ts";
import { lockLabel } from "../../../db/labels.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, labelName } from "../../inputs.ts";
import { answerLabel, tagJson } from "./label-schema.ts";

/** PUT /tags/:id — on everything that has it. */
export const putTagRoute = defineRoute({
  method: "put",
  path: "/tags/:id",
  summary: "Rename a tag",
  tag: "Tags",
  access: { scope: "tags:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({ name: labelName(50) }),
  answers: { 200: z.object({ data: tagJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const label = await lockLabel(tx, { kind: "tag", companyId: company.id, id: params.id });
    const by = { company, causerId: user.id, now };
    return answerLabel(await renameLabel(tx, by, { kind: "tag", label, name: body.name }));
  },
});
