import { z } from "zod";
import { archiveRecurringInvoice } from "../../../actions/archive-recurring-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** POST /recurring-invoices/:id/unarchive — goes on with the first date that is today or later. */
export const postRecurringUnarchiveRoute = defineRoute({
  method: "post",
  path: "/recurring-invoices/:id/unarchive",
  summary: "Unarchive a recurring invoice",
  description:
    "An active one goes on with the first of its dates that is today or later; those before are recorded as skipped.",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    await archiveRecurringInvoice(tx, by, { seriesId: params.id, isArchived: false });
    return { status: 204 };
  },
});
