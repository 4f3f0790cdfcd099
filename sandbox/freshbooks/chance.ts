/** What is made up, and yet the same for the same seed. */
export interface Chance {
  below: (limit: number) => number;
  of: <Item>(items: readonly Item[]) => Item;
}

export function chanceOf(random: () => number): Chance {
  const below = (limit: number) => Math.floor(random() * limit);
  return { below, of: (items) => items[below(items.length)]! };
}

export const work = ["Design", "Development", "Hosting", "Support", "Training"];
export const places = [
  "Maple",
  "Harbour",
  "Station",
  "Mill",
  "Chapel",
  "River",
  "Orchard",
  "Castle",
];
/** The first day anything happened. */
export const FIRST_DAY = Date.UTC(2024, 0, 2);
export const DAY_MS = 86_400_000;

/** A day as it goes over the wire. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
