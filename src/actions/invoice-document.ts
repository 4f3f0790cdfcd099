import type { Adjustment } from "../billing/adjustments.ts";
import type { LocalDate } from "../billing/dates.ts";
import type { QuoteStatus } from "../billing/quote-statuses.ts";
import type { InvoiceStatus } from "../billing/statuses.ts";
import type { Discount } from "../billing/totals.ts";

/** Name and address of one side, as they stand on the paper. Empty lines are left out. */
export interface InvoiceParty {
  name: string;
  address: readonly string[];
  email?: string | null;
  taxNumber?: string | null;
}

interface InvoiceDocumentLine {
  description: string;
  longDescription?: string | null;
  /** Ten-thousandths: 25_000n is 2.5. */
  quantity: bigint;
  /** What the quantity counts. */
  unit?: string | null;
  /** Millionths of a minor unit: 1_250_000n is 1.25 cents. */
  unitPrice: bigint;
  /** Minor units, before discount and tax. */
  amount: bigint;
  /** The line's own. */
  discount?: Discount | null;
  /** The rate in thousandths of a basis point: 997_500n is 9.975 %. */
  taxes: readonly { name: string; rate: bigint }[];
}

/** What makes a paper look like its company's. Colours are "#rrggbb"; null: the layout's own. */
export interface PaperBranding {
  primaryColor: string | null;
  secondaryColor: string | null;
  accentColor: string | null;
  /** Of mails; papers are set in one font, which has all characters. */
  fontFamily: string | null;
  /** A PNG without transparency, see `printableImage`. */
  logo: Buffer | null;
  /** Plain text. */
  header: string | null;
  footer: string | null;
}

/** All there is to know to print an invoice, or a quote. Amounts are minor units of `currency`. */
export interface InvoiceDocument {
  /** Default: an invoice. */
  kind?: "invoice" | "quote";
  company: InvoiceParty;
  client: InvoiceParty;
  number: string;
  status: InvoiceStatus | QuoteStatus;
  issueDate: LocalDate;
  /** Of a quote: the last day on which it can be accepted. */
  dueDate: LocalDate;
  /** What a recurring invoice is for. */
  period?: { start: LocalDate; end: LocalDate } | null;
  currency: string;
  /** Without late fees, which have a row of their own below. */
  lines: readonly InvoiceDocumentLine[];
  subtotal: bigint;
  /** Positive. */
  discount: bigint;
  taxes: readonly { name: string; rate: bigint | null; amount: bigint }[];
  adjustments: readonly Adjustment[];
  lateFee: bigint;
  total: bigint;
  paid: bigint;
  amountDue: bigint;
  notes?: string | null;
  terms?: string | null;
  footer?: string | null;
  layout: "classic" | "modern" | "compact";
  branding?: PaperBranding | undefined;
  paper?: "a4" | "letter";
}
