/** Which numbers have a text in them, in any case. */
export type NumberMatch =
  | { kind: "all" }
  | { kind: "none" }
  /** Those that begin with one of these, in exactly this case. */
  | { kind: "beginnings"; beginnings: readonly string[] }
  /** Those that have these digits somewhere, three or more. */
  | { kind: "digits"; digits: string }
  /** Those that have these one or two digits somewhere: mostly many, and nothing leads to them. */
  | { kind: "few-digits"; digits: string }
  /** Those that have this text somewhere: too many begin in a way of their own. */
  | { kind: "part"; part: string };

const beginningsMax = 50;
const fewDigitsMax = 2;

/**
 * Finds out as much as can be told without looking at any number. `stems` are what is left of the
 * numbers there are when the digits at their ends are taken off; undefined when nobody keeps count of so
 * many. A text with something else than digits in it can only be a part of a stem, or begin in a stem's
 * end and go on with the first digits.
 */
export function matchNumbers(text: string, stems: readonly string[] | undefined): NumberMatch {
  const wanted = text.toLowerCase();
  const whole = stems?.filter((stem) => stem.toLowerCase().includes(wanted)) ?? [];
  if (whole.length === stems?.length) return { kind: "all" };
  const [digits] = /\d*$/.exec(wanted) ?? [""];
  const before = wanted.slice(0, wanted.length - digits.length);
  if (before === "") {
    return { kind: digits.length > fewDigitsMax ? "digits" : "few-digits", digits };
  }
  if (stems === undefined) return { kind: "part", part: text };
  const begun = digits === "" ? [] : stems.filter((stem) => stem.toLowerCase().endsWith(before));
  const beginnings = [...whole, ...begun.map((stem) => stem + digits)];
  if (beginnings.length === 0) return { kind: "none" };
  if (beginnings.length > beginningsMax) return { kind: "part", part: text };
  return { kind: "beginnings", beginnings };
}
