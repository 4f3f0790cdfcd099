import { storableText } from "../../platform/storable-text.ts";

/** A text cut to what we keep, without what a database cannot hold. */
export function limited(text: string, max: number): string {
  return storableText(text.trim(), max);
}

/** The same, or null for an empty one. */
export function orNull(text: string, max: number): string | null {
  const kept = limited(text, max);
  return kept === "" ? null : kept;
}
