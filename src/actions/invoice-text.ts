import type { LocalDate } from "../billing/dates.ts";
import { currencyExponent, formatMoney } from "../billing/money.ts";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** "2026-03-01" as "1 March 2026", which nobody on either side of an ocean can misread. */
export function formatDate(date: LocalDate): string {
  const [year, month, day] = date.split("-");
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year}`;
}

/** A period with what its two ends share said once: "1 – 31 March 2026". */
export function formatPeriod({ start, end }: { start: LocalDate; end: LocalDate }): string {
  const [day, month, year] = formatDate(start).split(" ");
  if (start.slice(0, 4) !== end.slice(0, 4)) return `${day} ${month} ${year} – ${formatDate(end)}`;
  if (start.slice(0, 7) !== end.slice(0, 7)) return `${day} ${month} – ${formatDate(end)}`;
  return start === end ? formatDate(end) : `${day} – ${formatDate(end)}`;
}

/** Ten-thousandths as the shortest decimal: 12_345_000n is "1,234.5". */
export function formatQuantity(quantity: bigint): string {
  const [whole = "", fraction] = shortest(quantity, 4).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Thousandths of a basis point as a percentage: 997_500n is "9.975%". */
export function formatRate(rate: bigint): string {
  return `${shortest(rate, 5)}%`;
}

/** Millionths of a minor unit; fractions of the minor unit are shown only where there are some. */
export function formatUnitPrice(unitPrice: bigint, currency: string): string {
  const size = unitPrice < 0n ? -unitPrice : unitPrice;
  const sign = unitPrice < 0n ? "-" : "";
  const fraction = shortest(size % 1_000_000n, 6).slice(2);
  const whole = formatMoney(size / 1_000_000n, currency);
  if (fraction === "") return sign + whole;
  // The currency stands in front in our locale, so the digits go on at the end.
  return sign + whole + (currencyExponent(currency) === 0 ? "." : "") + fraction;
}

function shortest(value: bigint, scale: number): string {
  const sign = value < 0n ? "-" : "";
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return sign + digits.slice(0, -scale) + (fraction === "" ? "" : `.${fraction}`);
}
