import { z } from "zod";
import { archiveInvoice } from "../../../actions/archive-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** POST /invoices/:id/unarchive — takes it back among the others. */
export const postUnarchiveRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/unarchive",
  summary: "Unarchive an invoice",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    await archiveInvoice(tx, by, { invoiceId: params.id, isArchived: false });
    return { status: 204 };
  },
});
