import { formatScaled, roundHalfAway } from "./money.ts";

const SECONDS_PER_HOUR = 3600n;

/** Most time entries that are billed at once, whether they are named or their tasks are. */
export const importMax = 500;

/** What so many seconds cost, rounded once. `hourlyRate` in minor units an hour. */
export function timeAmount(seconds: number, hourlyRate: bigint | null): bigint {
  return hourlyRate === null ? 0n : roundHalfAway(BigInt(seconds) * hourlyRate, SECONDS_PER_HOUR);
}

/** Hours with two decimals, for people to read. */
export function hoursOf(seconds: number | bigint): number {
  return Number(roundHalfAway(BigInt(seconds) * 100n, SECONDS_PER_HOUR)) / 100;
}

/** Hours as decimal text with four decimals, as exact as an invoice line can say them: "1.6064". */
export function hoursText(seconds: bigint): string {
  return formatScaled(roundHalfAway(seconds * 10_000n, SECONDS_PER_HOUR), 4);
}

/** Which part of a whole (seconds, minor units) it is, in per cent with two decimals; 0 of nothing. */
export function percentOf(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number(roundHalfAway(part * 10_000n, whole)) / 100;
}

/** Hours as the quantity of an invoice line, scaled by 10⁴: as exact as a line can say them. */
export function quantityOfTime(seconds: number): bigint {
  return roundHalfAway(BigInt(seconds) * 10_000n, SECONDS_PER_HOUR);
}

/** Seconds of hours as they are kept, decimal text with four places. Rounded to whole seconds. */
export function secondsOfHours(hours: string): bigint {
  return roundHalfAway(BigInt(hours.replace(".", "")) * SECONDS_PER_HOUR, 10_000n);
}

/** Hours as people write them, without zeros at the end: "1.5". */
export function shortHours(seconds: number): string {
  return hoursText(BigInt(seconds)).replace(/\.?0+$/, "");
}
