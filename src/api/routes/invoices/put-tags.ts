import { z } from "zod";
import { updateInvoice } from "../../../actions/update-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { tagsInBody, toTags } from "../tags/tags-of-records.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";

/** PUT /invoices/:id/tags — in every status; tags are no part of what was issued. */
export const putTagsRoute = defineRoute({
  method: "put",
  path: "/invoices/:id/tags",
  summary: "Set the tags of an invoice",
  description: "`tags` is the full set. Needs tags:write too for a name that is no tag yet.",
  tag: "Invoices",
  access: { scope: "invoices:write", further: ["tags:read"] },
  params: z.object({ id: idParam }),
  body: z.strictObject({ tags: tagsInBody }),
  answers: { 200: invoiceWithLinesAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, caller, now } = context;
    const by = { company, causerId: user.id, now };
    const tags = toTags(caller, body.tags);
    return await answerInvoiceWithLines(
      context,
      await updateInvoice(tx, by, { invoiceId: params.id, tags }),
    );
  },
});
