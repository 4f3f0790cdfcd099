import { listJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { answerLabels, tagJson, labelsQuery } from "./label-schema.ts";

/** GET /tags — by name. */
export const getTagsRoute = defineRoute({
  method: "get",
  path: "/tags",
  summary: "List tags",
  tag: "Tags",
  access: { scope: "tags:read" },
  query: labelsQuery,
  answers: { 200: listJson(tagJson, {}) },

  run: async (context, { query }) => await answerLabels(context, "tag", query),
});
