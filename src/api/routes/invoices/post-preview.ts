import { createHash } from "node:crypto";
import { z } from "zod";
import { previewInvoiceMail } from "../../../actions/preview-invoice-mail.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

const addressJson = z.object({ name: z.string(), address: z.string() });

/** POST /invoices/:id/preview — the mail as it would go out now; nothing is stored, nothing sent. */
export const postPreviewRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/preview",
  summary: "Preview the mail of an invoice",
  description:
    "Mail and PDF as `send` would send them now. Nothing is stored and nothing is sent. `obstacle` says why " +
    "the invoice cannot be sent as things are, or is null; `recipients` is empty when the client has no " +
    "email address.",
  tag: "Invoices",
  access: { scope: "invoices:send" },
  params: z.object({ id: idParam }),
  answers: {
    200: z.object({
      data: z.object({
        subject: z.string(),
        text: z.string(),
        html: z.string(),
        recipients: z.array(addressJson),
        reply_to: addressJson.nullable(),
        obstacle: z.string().nullable(),
        pdf: z.object({
          file_name: z.string(),
          size: z.int().meta({ description: "Bytes." }),
          sha256: z.string().meta({ description: "Hex." }),
          content: z.string().meta({ description: "The file, as base64." }),
        }),
      }),
    }),
  },
  // It writes nothing, not even the answer to an Idempotency-Key.
  isTransactional: false,

  async run({ sql, company }, { params }) {
    const invoice = await getInvoice(sql, { companyId: company.id, id: params.id });
    const { content, recipient, obstacle } = await previewInvoiceMail(sql, company, invoice);
    const { mail, recipientName, pdf } = content;
    const { name, email } = company;
    const data = {
      ...mail,
      recipients: recipient === null ? [] : [{ name: recipientName, address: recipient }],
      reply_to: email === null ? null : { name, address: email },
      obstacle,
      pdf: {
        file_name: content.fileName,
        size: pdf.length,
        sha256: createHash("sha256").update(pdf).digest("hex"),
        content: pdf.toString("base64"),
      },
    };
    return { status: 200, body: { data } };
  },
});
