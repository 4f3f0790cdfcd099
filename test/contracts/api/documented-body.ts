import type { Parameter } from "./contract-document.ts";
import { knownValue } from "./field-recipes.ts";
import type { Made, World } from "./world.ts";

export type Body = Record<string, unknown>;

/** One way to break a documented rule, for the fields that have it. */
export interface Breach {
  kind: string;
  /** The body with every such field broken. */
  body: Body;
  /** How a 422 names the broken fields. */
  fields: string[];
}

interface Field extends Parameter {
  /** How errors name it: "line_items.0.quantity". */
  path: string;
}

const fieldsOf = (parameters: readonly Parameter[]): Field[] =>
  parameters.map((parameter) => ({
    ...parameter,
    path: parameter.in === undefined ? parameter.name : `${parameter.in}.0.${parameter.name}`,
  }));

/** A body with every documented key, each at the edge of what is documented: texts as long as may be. */
export async function goodBody(
  world: World,
  operation: string,
  input: { parameters: readonly Parameter[]; records: readonly Made[] },
): Promise<Body> {
  const body: Body = {};
  for (const parameter of input.parameters) {
    const { name, type } = parameter;
    if (type === "object[]") {
      body[name] = [{}];
      continue;
    }
    const known = await knownValue(world, operation, { name, records: input.records });
    const value = known === undefined ? valueOf(parameter) : known.value;
    setField(body, fieldsOf([parameter])[0]!, value);
  }
  return body;
}

function valueOf({ name, type, rules }: Parameter): unknown {
  const oneOf = choicesOf(rules);
  if (oneOf !== undefined) return oneOf[0];
  if (type === "boolean") return false;
  if (type === "integer" || type === "number") {
    return Math.max(numberIn(rules, /at least (-?[\d.]+)/) ?? 1, 1);
  }
  if (type === "string[]" || type === "integer[]") return [];
  const most = numberIn(rules, /not be greater than (\d+) characters/) ?? 20;
  return `${name} `.repeat(most).slice(0, most).trimEnd().padEnd(most, "x");
}

/**
 * Every documented rule about these fields, broken; one breach per kind of rule, for an object and for
 * the items of its lists. References are looked up one after the other, so each has its own.
 */
export function breachesOf(parameters: readonly Parameter[], good: Body): Breach[] {
  const fields = fieldsOf(parameters);
  const owners = [...new Set(fields.map((field) => field.in))];
  return breakers.flatMap(({ kind, isSingle, breakField }) => {
    const groups =
      isSingle === true
        ? fields.map((field) => [field])
        : owners.map((owner) => fields.filter((field) => field.in === owner));
    return groups.flatMap((group) => {
      const body = structuredClone(good);
      const broken = group.filter((field) => {
        const bad = breakField(field);
        if (bad === undefined) return false;
        setField(body, field, bad.value);
        return true;
      });
      return broken.length === 0 ? [] : [{ kind, body, fields: broken.map(({ path }) => path) }];
    });
  });
}

/** The body with every number at a documented limit, and which fields these are. */
export function atLimit(
  parameters: readonly Parameter[],
  good: Body,
  which: "least" | "most",
): { body: Body; fields: string[] } {
  const pattern =
    which === "least" ? /at least (-?[\d.]+)\.(?! characters)/ : /greater than (\d+)\./;
  const body = structuredClone(good);
  const limited = fieldsOf(parameters).filter((field) => {
    const limit = numberIn(field.rules, pattern);
    if (limit === undefined || /characters|items/.test(field.rules)) return false;
    setField(body, field, limit);
    return true;
  });
  return { body, fields: limited.map(({ path }) => path) };
}

const unknownId = 999_999_999;

const breakers: {
  kind: string;
  isSingle?: boolean;
  breakField: (field: Field) => { value: unknown } | undefined;
}[] = [
  {
    kind: "missing",
    breakField: ({ optional }) => (optional ? undefined : { value: undefined }),
  },
  {
    kind: "too long",
    breakField: ({ rules }) => {
      const most = numberIn(rules, /not be greater than (\d+) characters/);
      const exactly = numberIn(rules, /Must be (\d+) characters/);
      const least = most ?? exactly;
      return least === undefined ? undefined : { value: "x".repeat(least + 1) };
    },
  },
  {
    kind: "too short",
    breakField: ({ rules }) => {
      const least = numberIn(rules, /at least (\d+) characters/);
      const exactly = numberIn(rules, /Must be (\d+) characters/);
      const most = least ?? exactly;
      return most === undefined ? undefined : { value: "x".repeat(most - 1) };
    },
  },
  {
    kind: "too small",
    breakField: ({ rules, type, name }) => {
      if (/characters|items/.test(rules)) return undefined;
      // A rebate is a line of a negative price (cases/billing.md, F19): billing rules go before limits.
      if (name === "unit_price") return undefined;
      const least = numberIn(rules, /at least (-?[\d.]+)\./);
      if (least === undefined) return undefined;
      return { value: type === "integer" || Number.isInteger(least) ? least - 1 : 0 };
    },
  },
  {
    kind: "too large",
    breakField: ({ rules }) => {
      if (/characters|items/.test(rules)) return undefined;
      const most = numberIn(rules, /not be greater than (\d+)\./);
      return most === undefined ? undefined : { value: most + 1 };
    },
  },
  {
    kind: "not a number",
    breakField: ({ type }) =>
      type === "integer" || type === "number" ? { value: "many" } : undefined,
  },
  {
    kind: "not whole",
    breakField: ({ type, name }) =>
      // A rate has up to three decimals (BILLING.md, vocabulary), and so has a percentage.
      type === "integer" && !/_rate(_\d)?$|_value$/.test(name) ? { value: 1.5 } : undefined,
  },
  {
    kind: "not a text",
    breakField: ({ type }) => (type === "string" ? { value: { text: "x" } } : undefined),
  },
  {
    kind: "not true or false",
    breakField: ({ type }) => (type === "boolean" ? { value: "perhaps" } : undefined),
  },
  {
    kind: "not a list",
    breakField: ({ type }) => (type.endsWith("[]") ? { value: "x" } : undefined),
  },
  {
    kind: "a list of something else",
    breakField: ({ type }) => (type.endsWith("[]") ? { value: [true] } : undefined),
  },
  {
    kind: "too many",
    breakField: ({ rules, type }) => {
      const most = numberIn(rules, /not have more than (\d+) items|\(max (\d+)\)/);
      if (most === undefined) return undefined;
      const item: unknown = type === "integer[]" ? 1 : {};
      return { value: Array.from({ length: most + 1 }, () => item) };
    },
  },
  {
    kind: "too few",
    breakField: ({ rules }) => (/at least \d+ items/.test(rules) ? { value: [] } : undefined),
  },
  {
    kind: "not in the list",
    breakField: ({ rules }) => (choicesOf(rules) === undefined ? undefined : { value: "nonsense" }),
  },
  {
    kind: "not a date",
    breakField: ({ rules, name }) =>
      /valid date|date of the work/.test(rules) || name.endsWith("_date")
        ? { value: "2026-02-30" }
        : undefined,
  },
  {
    kind: "too early",
    breakField: ({ rules }) => (/date after/.test(rules) ? { value: "2020-01-01" } : undefined),
  },
  {
    kind: "not an email address",
    breakField: ({ rules, type }) => {
      if (!rules.includes("valid email address")) return undefined;
      return { value: type === "string[]" ? ["nobody"] : "nobody" };
    },
  },
  {
    kind: "no such record",
    isSingle: true,
    breakField: ({ rules, name, type, in: list }) => {
      const isReference = rules.includes("existing record") || name.endsWith("_id");
      // An invoice that is not there is one of the errors that a bulk payment answers, and a company
      // that is not the caller's is a 404 (API.md rule 4).
      const isOther = name === "price_id" || name === "target_company_id" || list === "payments";
      if (!isReference || isOther) return undefined;
      return { value: type.endsWith("[]") ? [unknownId] : unknownId };
    },
  },
  {
    kind: "begins wrongly",
    breakField: ({ rules }) =>
      rules.includes("Must start with") ? { value: "something_else" } : undefined,
  },
];

function setField(body: Body, field: Field, value: unknown): void {
  const list = field.in === undefined ? undefined : body[field.in];
  const owner: Body = Array.isArray(list) ? (list[0] as Body) : body;
  if (value === undefined) delete owner[field.name];
  else owner[field.name] = value;
}

function choicesOf(rules: string): string[] | undefined {
  const listed = /Must be one of: (.*)$/s.exec(rules)?.[1];
  return listed
    ?.split("•")
    .map((choice) => choice.trim())
    .filter((choice) => choice !== "");
}

function numberIn(rules: string, pattern: RegExp): number | undefined {
  const match = pattern.exec(rules);
  const text = match?.slice(1).find((part) => part !== undefined);
  return text === undefined ? undefined : Number(text);
}
