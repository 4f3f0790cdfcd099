import { z } from "zod";
import { archiveRecurringInvoice } from "../../../actions/archive-recurring-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** POST /recurring-invoices/:id/archive — no night finds it while it is put away. */
export const postRecurringArchiveRoute = defineRoute({
  method: "post",
  path: "/recurring-invoices/:id/archive",
  summary: "Archive a recurring invoice",
  description: "Nothing is generated while it is archived.",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    await archiveRecurringInvoice(tx, by, { seriesId: params.id, isArchived: true });
    return { status: 204 };
  },
});
