import { z } from "zod";
import { archiveInvoice } from "../../../actions/archive-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** POST /invoices/:id/archive — no reminders and no late fees while it is put away. */
export const postArchiveRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/archive",
  summary: "Archive an invoice",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    await archiveInvoice(tx, by, { invoiceId: params.id, isArchived: true });
    return { status: 204 };
  },
});
