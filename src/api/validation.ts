import type { z } from "zod";
import { InvalidInput } from "../errors.ts";

/** More faults than this in one request help nobody. */
const errorsMax = 100;

/**
 * Reads a value through a schema. Throws InvalidInput with a text for each field; a field inside
 * a list is named by its place, as `line_items.0.quantity`.
 */
export function parse<T extends z.ZodType>(
  schema: T,
  value: unknown,
  nameOfWhole: string,
): z.output<T> {
  // With the input in each issue, a value that is missing is told from one that is wrong.
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const errors = new Map<string, string[]>();
  for (const issue of result.error.issues) addIssue(errors, issue, [], nameOfWhole);
  throw new InvalidInput(Object.fromEntries([...errors].slice(0, errorsMax)));
}

type Issue = z.core.$ZodIssue;

function addIssue(
  errors: Map<string, string[]>,
  issue: Issue,
  prefix: readonly PropertyKey[],
  nameOfWhole: string,
): void {
  const path = [...prefix, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys)
      add(errors, [...path, key], "This field is not known.", nameOfWhole);
    return;
  }
  if (issue.code === "invalid_union") {
    // Speak of the alternative that came closest: the one that failed deepest inside.
    const closest = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a))[0];
    if (closest !== undefined && depthOf(closest) > 0) {
      for (const inner of closest) addIssue(errors, inner, path, nameOfWhole);
      return;
    }
  }
  add(errors, path, textOf(issue), nameOfWhole);
}

function depthOf(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function add(
  errors: Map<string, string[]>,
  path: readonly PropertyKey[],
  text: string,
  nameOfWhole: string,
): void {
  // Names come from the caller too (unknown keys): cut what would only blow up the answer.
  const field = path.map((part) => String(part).slice(0, 100)).join(".") || nameOfWhole;
  errors.set(field, [...(errors.get(field) ?? []), text].slice(0, 10));
}

/** A sentence for people, without the vocabulary of our validator. */
function textOf(issue: Issue): string {
  // What a rule of ours says is said of something that is there.
  if (issue.code !== "custom" && issue.input === undefined) return "This field is required.";
  switch (issue.code) {
    case "invalid_type":
      return `Must be ${nameOfType(issue.expected)}.`;
    case "too_big":
      return `Must not ${amount(issue.origin, "be greater than", "have more than", issue.maximum)}.`;
    case "too_small":
      if (issue.minimum === 1 && issue.origin !== "number") return "Must not be empty.";
      return `Must ${amount(issue.origin, "be at least", "have at least", issue.minimum)}.`;
    case "invalid_value":
      return `Must be one of: ${issue.values.map(String).join(", ")}.`;
    case "invalid_format":
      if (issue.format === "email") return "Must be a valid email address.";
      // A pattern is no sentence: who declares one gives a message with it.
      return issue.pattern !== undefined && issue.message.includes(issue.pattern)
        ? "Has the wrong form."
        : issue.message;
    case "invalid_union":
      return issue.message === "Invalid input" ? "Has the wrong form." : issue.message;
    case "not_multiple_of":
    case "invalid_key":
    case "invalid_element":
    case "unrecognized_keys":
    case "custom":
      return issue.message;
  }
}

function amount(
  origin: string,
  ofNumbers: string,
  ofLists: string,
  limit: number | bigint,
): string {
  if (origin === "string") return `${ofNumbers} ${limit} characters`;
  return origin === "array" || origin === "set"
    ? `${ofLists} ${limit} items`
    : `${ofNumbers} ${limit}`;
}

function nameOfType(expected: string): string {
  switch (expected) {
    case "int":
      return "a whole number";
    case "array":
    case "object":
      return `an ${expected}`;
    case "boolean":
      return "true or false";
    default:
      return `a ${expected}`;
  }
}
