import { createRandom } from "./random.ts";

/** How a client pays. */
export type Habit = "prompt" | "late" | "very-late" | "in-parts" | "never";

export interface DemoClient {
  name: string;
  /** Null for the one nobody can write to. */
  email: string | null;
  currency: "CAD" | "USD" | "EUR";
  country: string;
  city: string;
  addressLine1: string;
  postalCode: string;
  paymentTerms: number;
  allowLateFees: boolean;
  habit: Habit;
  /** Days that all its payments are shifted by, so that not all habits look alike. */
  shiftDays: number;
  /** Disputes the first invoice it is late with. */
  disputes: boolean;
  /** Is archived a while later, and forgets to end its series. */
  isArchivedLater: boolean;
}

const CLIENTS = 120;

const FIRST = [
  "Fernbank",
  "Northlight",
  "Tidewater",
  "Old Mill",
  "Copper Kettle",
  "Bluebird",
  "Granite",
  "Maple",
  "Lantern",
  "Saltmarsh",
  "Juniper",
  "Highfield",
  "Riverbend",
  "Cedar",
  "Silver Birch",
  "Larkspur",
  "Harrow",
  "Stillwater",
  "Foxglove",
  "Kestrel",
  "Thornhill",
  "Amberley",
  "Seven Oaks",
  "Whitecap",
] as const;

const SECOND = [
  "Dental",
  "Bakery",
  "Architects",
  "Books",
  "Yoga",
  "Outfitters",
  "Veterinary Clinic",
  "Coffee",
  "Cycles",
  "Ceramics",
  "Law",
  "Physiotherapy",
  "Wines",
  "Robotics",
  "Gardens",
  "Cinema",
  "Travel",
  "Joinery",
  "Optics",
  "Music School",
] as const;

const PLACES = {
  CAD: { country: "CA", cities: ["Montréal", "Halifax", "Toronto", "Québec", "Ottawa"] },
  USD: { country: "US", cities: ["Portland", "Burlington", "Boston", "Seattle"] },
  EUR: { country: "IE", cities: ["Dublin", "Galway", "Cork"] },
} as const;

const STREETS = ["Harbour Road", "Pine Street", "Mill Lane", "Market Square", "Quay West"] as const;

/** The same clients on every machine and every day. */
export function makeClients(): DemoClient[] {
  const random = createRandom(20_260_101);
  return Array.from({ length: CLIENTS }, (_, index) => {
    // Each pair of words once: 24 × 20 pairs, walked with a step that has no factor in common with them.
    const pair = (index * 97) % (FIRST.length * SECOND.length);
    const first = FIRST[pair % FIRST.length] ?? FIRST[0];
    const second = SECOND[Math.floor(pair / FIRST.length)] ?? SECOND[0];
    const currency = currencyOf(random.next());
    const { country, cities } = PLACES[currency];
    return {
      name: `${first} ${second}`,
      email: index === 17 ? null : `accounts@${slug(first)}-${slug(second)}.example`,
      currency,
      country,
      city: random.pick(cities),
      addressLine1: `${random.whole(1, 240)} ${random.pick(STREETS)}`,
      postalCode: String(random.whole(10_000, 99_999)),
      paymentTerms: random.pick([7, 14, 14, 15, 30]),
      allowLateFees: random.next() > 0.08,
      habit: habitOf(random.next()),
      shiftDays: random.whole(0, 6),
      disputes: index === 42,
      isArchivedLater: index === 65,
    };
  }).map((client) =>
    client.disputes || client.email === null ? { ...client, habit: "never" } : client,
  );
}

function currencyOf(share: number): DemoClient["currency"] {
  if (share < 0.66) return "CAD";
  return share < 0.88 ? "USD" : "EUR";
}

function habitOf(share: number): Habit {
  if (share < 0.7) return "prompt";
  if (share < 0.86) return "late";
  if (share < 0.91) return "very-late";
  return share < 0.97 ? "in-parts" : "never";
}

function slug(words: string): string {
  return words.toLowerCase().replaceAll(/[^a-z]+/g, "-");
}
