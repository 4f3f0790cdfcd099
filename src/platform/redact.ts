const SECRET_NAMES =
  "pass(?:word|phrase)?|\\w*secret\\w*|\\w*token|\\w*password\\w*|(?:proxy-)?authorization|(?:set-)?cookie|[\\w-]*api[-_]?key|credentials?|private[-_]?key|master[-_]?keys?";
const SECRET_KEY = new RegExp(`^(?:${SECRET_NAMES})$`, "i");
/** A secret under its name in JSON, as far as it is text. */
const SECRET_ENTRY = new RegExp(`"(${SECRET_NAMES})":"(?:[^"\\\\]|\\\\.)*"`, "gi");
const REDACTED = "[redacted]";
const DEPTH_MAX = 8;

/**
 * Text without what nobody needs in a log: passwords in URLs, bearer and API tokens, email addresses.
 * Every repetition that a match can begin with is bounded, so that a long text takes no more than its
 * length.
 */
export function redactText(text: string): string {
  const rest = text
    .replaceAll(/\b(Bearer|Basic)\s+[\w~+/.=-]+/gi, `$1 ${REDACTED}`)
    .replaceAll(/\bnl[a-z]{0,10}_[\w-]{16,}/g, REDACTED);
  if (!rest.includes("@")) return rest;
  return rest
    .replaceAll(/(\w{1,20}:\/\/[^\s/:@"]*:)[^\s/@"]+@/g, `$1${REDACTED}@`)
    .replaceAll(
      /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/gu,
      "[email]",
    );
}

/** A line of JSON without secrets, also those that nobody passed through `redactValue`. */
export function redactLine(line: string): string {
  return redactText(line.replaceAll(SECRET_ENTRY, `"$1":"${REDACTED}"`));
}

/**
 * A copy for the log: values under names that promise a secret are left out, at any depth, and an
 * error is its name, code, message, stack and cause, and not what its library hung on it (a statement
 * with its parameters, a request with its headers).
 */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (depth > DEPTH_MAX) return "[too deep]";
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((entry) => redactValue(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      isSecretName(key) ? REDACTED : redactValue(entry, depth + 1),
    ]),
  );
}

/** Remembered for the names that every line has. */
function isSecretName(name: string): boolean {
  let isSecret = judgedNames.get(name);
  if (isSecret === undefined) {
    isSecret = SECRET_KEY.test(name);
    if (judgedNames.size < JUDGED_NAMES_MAX) judgedNames.set(name, isSecret);
  }
  return isSecret;
}

const JUDGED_NAMES_MAX = 1_000;
const judgedNames = new Map<string, boolean>();

function redactError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: redactValue(error.cause, depth + 1) }),
    ...(error instanceof AggregateError
      ? { errors: error.errors.map((inner: unknown) => redactValue(inner, depth + 1)) }
      : {}),
  };
}
