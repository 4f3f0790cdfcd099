import { z } from "zod";
import { deleteLabel } from "../../../actions/save-label.ts";
import { lockLabel } from "../../../db/labels.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /tags/:id — whatever has it loses it; its name is free again. */
export const deleteTagRoute = defineRoute({
  method: "delete",
  path: "/tags/:id",
  summary: "Delete a tag",
  tag: "Tags",
  access: { scope: "tags:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const label = await lockLabel(tx, { kind: "tag", companyId: company.id, id: params.id });
    await deleteLabel(tx, { company, causerId: user.id, now }, { kind: "tag", label });
    return { status: 204 };
  },
});
