/** One line of output: what was measured, what it should be, and what stands behind it. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** Null for a figure that stands beside the others and has no target. */
  target: { atLeast: number } | { atMost: number } | { under: number } | null;
  /** The raw figures of both sides, every repetition. */
  sides: Readonly<Record<string, unknown>>;
  settings: Readonly<Record<string, unknown>>;
}

/** Prints a figure as one line of JSON on stdout. */
export function printFigure(figure: Figure): void {
  const { name, unit, target, sides, settings } = figure;
  const met = target === null ? null : isMet(figure.value, target);
  const value = round(figure.value);
  console.log(JSON.stringify({ name, value, unit, target, met, sides, settings }));
}

/** Tells how far a benchmark is, where it does not get between the figures. */
export function tell(text: string): void {
  console.error(text);
}

function isMet(value: number, target: NonNullable<Figure["target"]>): boolean {
  if ("atLeast" in target) return value >= target.atLeast;
  return "atMost" in target ? value <= target.atMost : value < target.under;
}

/** Of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The q-th quantile, 0 ≤ q ≤ 1, between neighbours by their distance. Throws for no values. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new Error("a quantile of nothing");
  const sorted = values.toSorted((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}

/** Four significant digits: more would pretend. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
