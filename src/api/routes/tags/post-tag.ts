import { z } from "zod";
import { createLabel } from "../../../actions/save-label.ts";
import { defineRoute } from "../../define-route.ts";
import { labelName } from "../../inputs.ts";
import { answerLabel, tagJson } from "./label-schema.ts";

/** POST /tags — a request that tags a record makes missing ones by itself. */
export const postTagRoute = defineRoute({
  method: "post",
  path: "/tags",
  summary: "Create a tag",
  description: "A name is one tag's only, whatever its case (422).",
  tag: "Tags",
  access: { scope: "tags:write" },
  body: z.strictObject({ name: labelName(50) }),
  answers: { 201: z.object({ data: tagJson }) },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const label = await createLabel(tx, by, { kind: "tag", name: body.name });
    const headers = { Location: `/api/v1/tags/${label.id}` };
    return { ...answerLabel(label), status: 201, headers };
  },
});
