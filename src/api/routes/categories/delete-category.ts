import { z } from "zod";
import { deleteLabel } from "../../../actions/save-label.ts";
import { lockLabel } from "../../../db/labels.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /categories/:id — the invoices that have it keep it; none can take it any more. */
export const deleteCategoryRoute = defineRoute({
  method: "delete",
  path: "/categories/:id",
  summary: "Delete a category",
  tag: "Categories",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const label = await lockLabel(tx, { kind: "category", companyId: company.id, id: params.id });
    await deleteLabel(tx, { company, causerId: user.id, now }, { kind: "category", label });
    return { status: 204 };
  },
});
