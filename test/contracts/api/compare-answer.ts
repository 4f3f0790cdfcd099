/** What a text of a sample says about the text of an answer. */
const formats: readonly [name: string, ofSample: RegExp, ofAnswer: RegExp][] = [
  // A date that the sample shows as midnight is a date here (API.md, oddities).
  ["a date", /^\d{4}-\d\d-\d\dT00:00:00\.000000Z$/, /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/],
  ["an instant", /^\d{4}-\d\d-\d\dT\d/, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6}Z|\+00:00)$/],
  ["a date", /^\d{4}-\d\d-\d\d$/, /^\d{4}-\d\d-\d\d$/],
  ["a UUID", /^[\da-f]{8}-[\da-f]{4}-/, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/],
  ["a decimal", /^\d+\.\d{6}$/, /^-?\d+\.\d{6}$/],
];

/**
 * Where an answer falls short of a sample, at every depth: a key that is missing, a value of another
 * type or form, an empty list where the sample has items. What the sample shows as null may be
 * anything; further keys are fine.
 */
export function shortcomings(sample: unknown, actual: unknown, at = ""): string[] {
  if (sample === null) return [];
  if (Array.isArray(sample)) {
    if (!Array.isArray(actual)) return [`${at} is ${nameOf(actual)}, not a list`];
    if (sample.length === 0) return [];
    if (actual.length === 0) return [`${at} is empty`];
    const each = actual.map((item, index) => shortcomings(sample[0], item, `${at}.${index}`));
    // Where one item shows a value, others may have none.
    const isShown = each.some((faults) => faults.length === 0);
    return each.flat().filter((text) => !isShown || !/ is (null, |empty$)/.test(text));
  }
  if (typeof sample === "object") {
    if (typeof actual !== "object" || actual === null || Array.isArray(actual)) {
      return [`${at} is ${nameOf(actual)}, not an object`];
    }
    const found = new Map<string, unknown>(Object.entries(actual));
    return Object.entries(sample).flatMap(([key, value]) => {
      const inner = at === "" ? key : `${at}.${key}`;
      return found.has(key) ? shortcomings(value, found.get(key), inner) : [`${inner} is missing`];
    });
  }
  if (typeof actual !== typeof sample) {
    return [`${at} is ${nameOf(actual)}, not a ${typeof sample}`];
  }
  if (typeof sample !== "string") return [];
  const format = formats.find(([, ofSample]) => ofSample.test(sample));
  if (format === undefined || format[2].test(String(actual))) return [];
  return [`${at} is "${String(actual)}", not ${format[0]}`];
}

function nameOf(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 60);
}
