import { z } from "zod";
import { deleteInvoice } from "../../../actions/delete-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /invoices/:id — drafts and cancelled invoices only. */
export const deleteInvoiceRoute = defineRoute({
  method: "delete",
  path: "/invoices/:id",
  summary: "Delete an invoice",
  description: "Drafts and cancelled invoices only; an issued one is voided instead (409).",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    await deleteInvoice(tx, { company, causerId: user.id, now }, { invoiceId: params.id });
    return { status: 204 };
  },
});
