import { expect, test } from "vitest";
import { meetsConditions } from "../../../src/billing/rule-conditions.ts";

test("text and tags are compared in any case, however their accents were typed", () => {
  const facts = { notes: "Cafe\u0301 de l'E\u0301cole", client_tags: ["Éire"] };
  const holds = (field: string, operator: "equals" | "contains", value: string) =>
    meetsConditions(facts, [{ field, operator, value }]);
  expect(holds("notes", "equals", "CAFÉ DE L'ÉCOLE")).toBe(true);
  expect(holds("notes", "contains", "école")).toBe(true);
  expect(holds("notes", "contains", "ecole")).toBe(false);
  expect(holds("client_tags", "contains", "e\u0301ire")).toBe(true);
});
