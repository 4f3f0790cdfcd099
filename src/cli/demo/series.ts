import { addDays, parseDay, type LocalDate } from "../../billing/dates.ts";
import type { CreateRecurringInvoiceInput } from "../../actions/create-recurring-invoice.ts";
import type { NamedTaxes } from "../../actions/choose-taxes.ts";
import type { LineInput } from "../../actions/complete-lines.ts";
import type { DemoClient } from "./clients.ts";
import { createRandom, type Random } from "./random.ts";

/** A series, of the client at a position in the list. */
export type DemoSeries = Omit<CreateRecurringInvoiceInput, "clientId"> & { client: number };

const SERIES = 150;
/** How many begin on the last days of a month, where calendars go wrong. */
const AT_MONTH_END = 15;

/** Ten-thousandths, as quantities are kept. */
const QUANTITY = 10_000;
/** Millionths of a minor unit, as unit prices are kept. */
const PRICE = 1_000_000n;

/** What is sold: text, unit price in minor units, and quantities that occur. */
const SERVICES = [
  ["Website care plan, {{period.month}} {{period.year}}", 24_900, [1]],
  ["Hosting and backups, {{period.start}} to {{period.end}}", 7_950, [1, 2]],
  ["Retainer: design, hours", 11_500, [4, 7.5, 10, 12.25]],
  ["Copy editing, per thousand words", 4_275, [2.5, 6, 8.75]],
  ["Newsletter, per issue", 18_000, [1, 2, 4]],
  ["Photography, half day", 62_500, [0.5, 1]],
  ["Search report", 9_900, [1]],
  ["Shop maintenance", 38_700, [1]],
] as const;

const UNTAXED: NamedTaxes = {
  key: "tax_rate",
  taxName1: null,
  taxRate1: null,
  taxRateId: null,
  taxName2: null,
  taxRate2: null,
};

/** The same series each time, beginning in the weeks after `from`. */
export function makeSeries(clients: readonly DemoClient[], from: LocalDate): DemoSeries[] {
  const random = createRandom(42);
  return Array.from({ length: SERIES }, (_, index) => {
    const client = index % clients.length;
    const lines = makeLines(random, clients[client]?.currency ?? "CAD");
    return {
      client,
      title: `${index < clients.length ? "Retainer" : "Extra work"} {{period.month}} {{period.year}}`,
      ...rhythmOf(index),
      startDate:
        index < AT_MONTH_END
          ? monthEndAfter(from, 29 + (index % 3))
          : addDays(from, 1 + random.whole(0, 29)),
      // A few are looked at by a person first.
      autoSend: index % 20 !== 7,
      lines,
      ...discountOf(index),
      notes: index % 3 === 0 ? "Invoice {{invoice.number}}: thank you for working with us." : null,
    };
  });
}

function rhythmOf(index: number): Pick<DemoSeries, "frequency" | "interval" | "maxOccurrences"> {
  // The month's end is worth nothing to a weekly rhythm.
  const kind = index < AT_MONTH_END ? 0 : index % 25;
  if (kind === 1)
    return index < 60 ? { frequency: "weekly", interval: 1 } : { frequency: "weekly", interval: 2 };
  if (kind === 3) return { frequency: "custom", interval: 10, maxOccurrences: 6 };
  if (kind === 12 || kind === 13) return { frequency: "monthly", interval: 3 };
  if (kind <= 7 && kind >= 4) return { frequency: "quarterly", interval: 1 };
  if (kind === 8 || kind === 9) return { frequency: "yearly", interval: 1 };
  if (kind === 10) return { frequency: "monthly", interval: 2 };
  return { frequency: "monthly", interval: 1 };
}

/** Ten per cent, an odd share, or a fixed amount off, for one in ten. Thousandths of a per cent or of a minor unit. */
function discountOf(index: number): Pick<DemoSeries, "discount"> {
  if (index % 30 === 4) return { discount: { type: "percentage", value: 10_000n } };
  if (index % 30 === 14) return { discount: { type: "percentage", value: 12_500n } };
  if (index % 30 === 24) return { discount: { type: "fixed", value: 2_500_000n } };
  return {};
}

function makeLines(random: Random, currency: DemoClient["currency"]): LineInput[] {
  const count = random.pick([1, 1, 2, 3]);
  const first = random.whole(0, SERVICES.length - 1);
  return Array.from({ length: count }, (_, position) => {
    const [description, price, quantities] =
      SERVICES[(first + position) % SERVICES.length] ?? SERVICES[0];
    const quantity = quantities[random.whole(0, quantities.length - 1)] ?? 1;
    return {
      description,
      quantity: BigInt(quantity * QUANTITY),
      unitPrice: BigInt(price) * PRICE,
      sortOrder: position,
      // At home the company's own taxes; what is exported has none.
      ...(currency === "CAD" ? {} : { taxes: UNTAXED }),
    };
  });
}

/** The next such day of a month; short months do not have it. */
function monthEndAfter(from: LocalDate, day: number): LocalDate {
  let date = addDays(from, 1);
  while (parseDay(date).day !== day) date = addDays(date, 1);
  return date;
}
