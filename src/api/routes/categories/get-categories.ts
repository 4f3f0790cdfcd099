import { listJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { answerLabels, categoryJson, labelsQuery } from "../tags/label-schema.ts";

/** GET /categories — by name. */
export const getCategoriesRoute = defineRoute({
  method: "get",
  path: "/categories",
  summary: "List categories",
  tag: "Categories",
  access: { scope: "invoices:read" },
  query: labelsQuery,
  answers: { 200: listJson(categoryJson, {}) },

  run: async (context, { query }) => await answerLabels(context, "category", query),
});
