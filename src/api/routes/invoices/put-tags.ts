import { z } from "zod";
import { updateInvoice } from "../../../actions/update-invoice.ts";
import { lockInvoice } from "../../../db/invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { tagsInBody, toTags } from "../tags/tags-of-records.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";

/** PUT /invoices/:id/tags — in every status; tags are no part of what was issued. */
export const putTagsRoute = defineRoute({
  method: "put",
  path: "/invoices/:id/tags",
  summary: "Set the tags of an invoice",
  description:
    "`tags` is the full set. Needs tags:read too, and tags:write for a name that is no tag yet.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({ tags: tagsInBody }),
  answers: { 200: invoiceWithLinesAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, caller, now, checkIfMatch } = context;
    checkIfMatch(await lockInvoice(tx, { companyId: company.id, id: params.id }));
    const by = { company, causerId: user.id, now };
    const tags = toTags(caller, body.tags);
    return await answerInvoiceWithLines(
      context,
      await updateInvoice(tx, by, { invoiceId: params.id, tags }),
    );
  },
});
