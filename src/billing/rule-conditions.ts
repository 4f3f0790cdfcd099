// What a rule asks of a record before it does anything. Pure: the facts are given.

/** The kinds of records that rules look at, and what they may ask of each. */
export const ruleFields = {
  "time-entry": {
    user_id: "id",
    client_id: "id",
    project_id: "id",
    service_id: "id",
    task_id: "id",
    duration: "number",
    hourly_rate: "number",
    is_billable: "boolean",
    is_billed: "boolean",
    is_running: "boolean",
    notes: "text",
    task_tags: "tags",
    project_tags: "tags",
    client_tags: "tags",
  },
  task: {
    user_id: "id",
    client_id: "id",
    project_id: "id",
    summary: "text",
    notes: "text",
    status: "text",
    hourly_rate: "number",
    is_billable: "boolean",
    is_archived: "boolean",
    tags: "tags",
    project_tags: "tags",
    client_tags: "tags",
  },
  project: {
    client_id: "id",
    name: "text",
    status: "text",
    billing_method: "text",
    hourly_rate: "number",
    is_archived: "boolean",
    tags: "tags",
    client_tags: "tags",
  },
  client: {
    name: "text",
    email: "text",
    currency: "text",
    country: "text",
    is_archived: "boolean",
    tags: "tags",
  },
  invoice: {
    client_id: "id",
    project_id: "id",
    status: "text",
    currency: "text",
    total: "number",
    amount_due: "number",
    tags: "tags",
    client_tags: "tags",
  },
} as const satisfies Record<string, Readonly<Record<string, FieldType>>>;

export type RuleSubject = keyof typeof ruleFields;
type FieldType = "id" | "number" | "boolean" | "text" | "tags";

/** How a field is compared. Text and tags are compared in any case; what is not set equals nothing. */
export const ruleOperators = [
  "equals",
  "not_equals",
  "contains",
  "not_contains",
  "at_least",
  "at_most",
  "is_set",
  "is_not_set",
] as const;
export type RuleOperator = (typeof ruleOperators)[number];

const operatorsOf: Readonly<Record<FieldType, readonly RuleOperator[]>> = {
  id: ["equals", "not_equals", "is_set", "is_not_set"],
  number: ["equals", "not_equals", "at_least", "at_most", "is_set", "is_not_set"],
  boolean: ["equals", "not_equals"],
  text: ["equals", "not_equals", "contains", "not_contains", "is_set", "is_not_set"],
  tags: ["contains", "not_contains", "is_set", "is_not_set"],
};

export interface RuleCondition {
  field: string;
  operator: RuleOperator;
  /** None for `is_set` and `is_not_set`. Durations are seconds, money minor units. */
  value?: string | number | boolean | undefined;
}

/** What is known of a record, by the names in `ruleFields`. */
export type RuleFacts = Readonly<
  Record<string, string | number | boolean | null | readonly string[]>
>;

/** The type of a field; undefined when records of this kind have none of that name. */
export function ruleFieldType(subject: RuleSubject, field: string): FieldType | undefined {
  const fields: Readonly<Record<string, FieldType>> = ruleFields[subject];
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}

/**
 * What is wrong about a condition on records of this kind, and with which of its keys. `choices` is all that
 * the field can have, where that is a closed list: a condition on anything else never tells records apart.
 */
export function faultOfCondition(
  subject: RuleSubject,
  { field, operator, value }: RuleCondition,
  choices?: readonly string[],
): { key: "field" | "operator" | "value"; text: string } | undefined {
  const type = ruleFieldType(subject, field);
  if (type === undefined) {
    const known = Object.keys(ruleFields[subject]).join(", ");
    return { key: "field", text: `Must be one of ${known}.` };
  }
  if (!operatorsOf[type].includes(operator)) {
    return { key: "operator", text: `Must be one of ${operatorsOf[type].join(", ")}.` };
  }
  if (operator === "is_set" || operator === "is_not_set") {
    return value === undefined
      ? undefined
      : { key: "value", text: "This operator takes no value." };
  }
  const isRight =
    type === "boolean"
      ? typeof value === "boolean"
      : type === "text" || type === "tags"
        ? typeof value === "string"
        : typeof value === "number";
  if (!isRight) return { key: "value", text: `Must be ${valueNames[type]}.` };
  const isMet = operator === "contains" || operator === "not_contains" ? doesContain : isEqual;
  if (choices === undefined || choices.some((choice) => isMet(choice, value))) return undefined;
  const all = choices.length > 10 ? "" : ` It is one of ${choices.join(", ")}.`;
  return { key: "value", text: `No ${field} is like that.${all}` };
}

const valueNames: Readonly<Record<FieldType, string>> = {
  id: "an id",
  number: "a whole number",
  boolean: "true or false",
  text: "text",
  tags: "the name of a tag",
};

/** Whether a record is one that a rule is about: all of its conditions hold. */
export function meetsConditions(facts: RuleFacts, conditions: readonly RuleCondition[]): boolean {
  return conditions.every((condition) => meets(facts[condition.field] ?? null, condition));
}

function meets(fact: RuleFacts[string], { operator, value }: RuleCondition): boolean {
  switch (operator) {
    case "equals":
      return isEqual(fact, value);
    case "not_equals":
      return !isEqual(fact, value);
    case "contains":
      return doesContain(fact, value);
    case "not_contains":
      return !doesContain(fact, value);
    case "at_least":
      return typeof fact === "number" && typeof value === "number" && fact >= value;
    case "at_most":
      return typeof fact === "number" && typeof value === "number" && fact <= value;
    case "is_set":
      return isSet(fact);
    case "is_not_set":
      return !isSet(fact);
  }
}

function isSet(fact: RuleFacts[string]): boolean {
  return Array.isArray(fact) ? fact.length > 0 : fact !== null && fact !== "";
}

function isEqual(fact: RuleFacts[string], value: RuleCondition["value"]): boolean {
  if (typeof fact === "string" && typeof value === "string") {
    return fold(fact) === fold(value);
  }
  return fact === value;
}

function doesContain(fact: RuleFacts[string], value: RuleCondition["value"]): boolean {
  if (typeof value !== "string" || fact === null) return false;
  const wanted = fold(value);
  if (typeof fact === "string") return fold(fact).includes(wanted);
  return typeof fact === "object" && fact.some((tag) => fold(tag) === wanted);
}

/** Text without what does not tell texts apart: case, and how accented letters were typed. */
function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
