import type { InvoiceDocument, PaperBranding } from "./invoice-document.ts";

/** What tells the three layouts apart. Sizes in points. */
export interface InvoiceLook {
  body: number;
  margin: number;
  ink: string;
  quiet: string;
  /** Colour of the band and of rules that matter. */
  accent: string;
  /** Colour of the title, where it stands on white. */
  title: string;
  hairline: string;
  /** Behind the table's head; none leaves it white between two rules. */
  tableHead: { fill: string | undefined; text: string };
  /** A band across the top of the first page, in the accent's colour, and the text on it. */
  band: { text: string; quiet: string } | undefined;
  cellPadding: number;
}

export const LOOKS: Readonly<Record<InvoiceDocument["layout"], InvoiceLook>> = {
  classic: {
    body: 9.5,
    margin: 54,
    ink: "#1a1a1a",
    quiet: "#666666",
    accent: "#1a1a1a",
    title: "#1a1a1a",
    hairline: "#cfcfcf",
    tableHead: { fill: undefined, text: "#1a1a1a" },
    band: undefined,
    cellPadding: 6,
  },
  modern: {
    body: 9.5,
    margin: 54,
    ink: "#1f2933",
    quiet: "#667380",
    accent: "#1d4f7c",
    title: "#1d4f7c",
    hairline: "#d9e0e6",
    tableHead: { fill: "#eaf0f5", text: "#1d4f7c" },
    band: { text: "#ffffff", quiet: "#dfe9f2" },
    cellPadding: 7,
  },
  compact: {
    body: 8,
    margin: 36,
    ink: "#1a1a1a",
    quiet: "#666666",
    accent: "#1a1a1a",
    title: "#1a1a1a",
    hairline: "#d4d4d4",
    tableHead: { fill: "#f2f2f2", text: "#333333" },
    band: undefined,
    cellPadding: 3.5,
  },
};

/** Least contrast to white paper of what is read in small print, and in large. */
const CONTRAST_OF_TEXT = 4;
const CONTRAST_OF_TITLE = 2.5;

/**
 * A layout in the company's colours. A colour that nobody could read on white paper is not used for
 * text: an invoice whose amounts are white helps nobody.
 */
export function lookOf(
  layout: InvoiceDocument["layout"],
  branding: PaperBranding | undefined,
): InvoiceLook {
  const look = LOOKS[layout];
  if (branding === undefined) return look;
  const { primaryColor, secondaryColor, accentColor } = branding;
  const legible = (color: string | null, least: number, otherwise: string) =>
    color !== null && contrast(color, WHITE) >= least ? color : otherwise;
  const ink = legible(primaryColor, CONTRAST_OF_TEXT, look.ink);
  const tableHead = { ...look.tableHead };
  tableHead.text = legible(secondaryColor, CONTRAST_OF_TEXT, look.tableHead.text);
  if (accentColor === null) return { ...look, ink, tableHead };
  if (tableHead.fill !== undefined) tableHead.fill = mix(accentColor, WHITE, 0.08);
  return {
    ...look,
    ink,
    tableHead,
    accent: accentColor,
    title: legible(accentColor, CONTRAST_OF_TITLE, ink),
    band: look.band === undefined ? undefined : textOn(accentColor),
  };
}

const WHITE = "#ffffff";
const DARK = "#1a1a1a";

/** Dark or white, whichever is read more easily, and the same in a quieter tone. */
function textOn(color: string): { text: string; quiet: string } {
  const text = contrast(WHITE, color) >= contrast(DARK, color) ? WHITE : DARK;
  return { text, quiet: mix(text, color, 0.85) };
}

/** From 1 (the same) to 21 (black and white), as WCAG 2.2 counts. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** So much of the first colour, the rest of the second. */
function mix(first: string, second: string, share: number): string {
  const others = channelsOf(second);
  const channels = channelsOf(first).map((channel, index) =>
    Math.round(channel * share + (others[index] ?? 0) * (1 - share)),
  );
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** Red, green and blue of "#rrggbb", from 0 to 255. */
function channelsOf(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

export const BADGES: Readonly<
  Partial<Record<InvoiceDocument["status"], { text: string; color: string }>>
> = {
  draft: { text: "DRAFT", color: "#7a7a7a" },
  partial: { text: "PARTLY PAID", color: "#9a6700" },
  paid: { text: "PAID", color: "#1a7f37" },
  overdue: { text: "OVERDUE", color: "#b42318" },
  cancelled: { text: "VOID", color: "#b42318" },
  accepted: { text: "ACCEPTED", color: "#1a7f37" },
  declined: { text: "DECLINED", color: "#b42318" },
  expired: { text: "EXPIRED", color: "#9a6700" },
};
