import type { InvoiceDocument } from "./invoice-document.ts";

/** What tells the three layouts apart. Sizes in points. */
export interface InvoiceLook {
  body: number;
  margin: number;
  ink: string;
  quiet: string;
  /** Colour of the head and of what matters most. */
  accent: string;
  hairline: string;
  /** Behind the table's head; none leaves it white between two rules. */
  tableHead: { fill: string | undefined; text: string };
  /** A band across the top of the first page, with white text on it. */
  hasBand: boolean;
  cellPadding: number;
}

export const LOOKS: Readonly<Record<InvoiceDocument["layout"], InvoiceLook>> = {
  classic: {
    body: 9.5,
    margin: 54,
    ink: "#1a1a1a",
    quiet: "#666666",
    accent: "#1a1a1a",
    hairline: "#cfcfcf",
    tableHead: { fill: undefined, text: "#1a1a1a" },
    hasBand: false,
    cellPadding: 6,
  },
  modern: {
    body: 9.5,
    margin: 54,
    ink: "#1f2933",
    quiet: "#667380",
    accent: "#1d4f7c",
    hairline: "#d9e0e6",
    tableHead: { fill: "#eaf0f5", text: "#1d4f7c" },
    hasBand: true,
    cellPadding: 7,
  },
  compact: {
    body: 8,
    margin: 36,
    ink: "#1a1a1a",
    quiet: "#666666",
    accent: "#1a1a1a",
    hairline: "#d4d4d4",
    tableHead: { fill: "#f2f2f2", text: "#333333" },
    hasBand: false,
    cellPadding: 3.5,
  },
};

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
