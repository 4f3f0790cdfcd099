import { z } from "zod";
import { closeAttention } from "../../../actions/close-attention.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, requiredText } from "../../inputs.ts";
import { attentionJson, presentAttention } from "./schema.ts";

/** POST /attention-items/:id/resolve — somebody looked at it: it is not told of again. */
export const postAttentionResolveRoute = defineRoute({
  method: "post",
  path: "/attention-items/:id/resolve",
  summary: "Close what needed a person",
  description:
    "Refused (409 `still_draft`) for a `mail.unknown` while its invoice is a draft: marking it as sent, " +
    "sending it again or voiding it closes the item.",
  tag: "Runs",
  access: { scope: "runs:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  body: z.strictObject({ resolution: requiredText(500) }),
  answers: { 200: z.object({ data: attentionJson }) },
  async run({ tx, company, user, requestId }, { params, body }) {
    const item = await closeAttention(tx, {
      companyId: company.id,
      id: params.id,
      userId: user.id,
      resolution: body.resolution,
      requestId,
    });
    return { status: 200, body: { data: presentAttention(item) } };
  },
});
