import { z } from "zod";
import { resolveAttention } from "../../../db/attention.ts";
import { recordAudit } from "../../../db/audit.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, requiredText } from "../../inputs.ts";
import { attentionJson, presentAttention } from "./schema.ts";

/** POST /attention-items/:id/resolve — somebody looked at it: it is not told of again. */
export const postAttentionResolveRoute = defineRoute({
  method: "post",
  path: "/attention-items/:id/resolve",
  summary: "Close what needed a person",
  tag: "Runs",
  access: { scope: "runs:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  body: z.strictObject({ resolution: requiredText(500) }),
  answers: { 200: z.object({ data: attentionJson }) },
  async run({ tx, company, user, requestId }, { params, body }) {
    const companyId = company.id;
    const { resolution } = body;
    const item = await resolveAttention(tx, {
      companyId,
      id: params.id,
      userId: user.id,
      resolution,
    });
    if (item === undefined) throw new NotFound("Attention item");
    await recordAudit(tx, {
      companyId,
      userId: user.id,
      action: "attention.resolved",
      subjectType: "attention",
      subjectId: item.id,
      reason: resolution,
      requestId,
    });
    return { status: 200, body: { data: presentAttention(item) } };
  },
});
