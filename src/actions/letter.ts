import type { LocalDate } from "../billing/dates.ts";
import type { ClientRow } from "../db/clients.ts";
import type { CompanyRow } from "../db/companies.ts";
import { openPages } from "../platform/open-pages.ts";
import type { Pages, TextStyle } from "../platform/pdf.ts";
import type { PaperBranding } from "./invoice-document.ts";
import { lookOf, type InvoiceLook } from "./invoice-look.ts";
import { partiesOf } from "./load-invoice-document.ts";
import { drawHead, partyLines } from "./paper-head.ts";

/** A paper of the company's to a client that is no invoice: its pages, in the company's layout. */
export interface Letter {
  pages: Pages;
  look: InvoiceLook;
  plain: TextStyle;
  strong: TextStyle;
  /** Stands below everything else. */
  footer: string | null;
}

/** Begins a letter with who writes to whom, and a line on what it is about. */
export async function beginLetter(
  company: CompanyRow,
  to: ClientRow,
  words: {
    /** Of the file. */
    name: string;
    /** In capitals, as it stands on the paper. */
    title: string;
    /** Stands above the client. */
    to: string;
    about: string;
    /** Stands in the file; never "now", for the same records give the same bytes. */
    date: LocalDate;
    branding: PaperBranding | undefined;
  },
): Promise<Letter> {
  const { branding } = words;
  const look = lookOf(company.invoiceLayout, branding);
  const { company: sender, client } = partiesOf(company, to);
  const plain: TextStyle = { size: look.body, color: look.ink };
  const strong: TextStyle = { ...plain, weight: "bold" };
  const small = smallOf(look);
  const pages = await openPages({
    title: words.name,
    author: sender.name,
    createdAt: new Date(`${words.date}T00:00:00Z`),
    paper: "a4",
    margin: look.margin,
    footerHeight: footerHeight(small.size),
  });

  drawHead(pages, look, { company: sender, title: words.title, branding });
  const place = { x: pages.left, width: pages.width * 0.6 };
  pages.flow([words.to], small, place);
  pages.flow(pages.wrap(client.name, place.width, strong), strong, place);
  pages.flow(partyLines(pages, client, place.width, plain), plain, place);
  pages.y += look.body;
  pages.flow(pages.wrap(words.about, pages.width, strong), strong, {
    ...place,
    width: pages.width,
  });
  pages.y += look.body;
  return { pages, look, plain, strong, footer: branding?.footer ?? null };
}

/** A few sums below each other on the right, the last one in bold; never torn apart. */
export function drawSums(
  { pages, look, plain, strong }: Letter,
  sums: readonly (readonly [label: string, amount: string])[],
): void {
  pages.ensure(pages.lineHeight(strong) * (sums.length + 1));
  for (const [index, [label, amount]] of sums.entries()) {
    const style = index === sums.length - 1 ? strong : plain;
    pages.draw(label, { x: pages.left + pages.width * 0.5, y: pages.y }, style);
    const right = { x: pages.left, width: pages.width, align: "right", y: pages.y } as const;
    pages.draw(amount, right, style);
    pages.y += pages.lineHeight(style) + 2;
  }
  pages.y += look.body;
}

/** Draws the company's footer, numbers the pages, and gives the file. */
export async function finishLetter({ pages, look, footer }: Letter): Promise<Buffer> {
  if (footer !== null) {
    const place = { x: pages.left, width: pages.width };
    pages.flow(pages.wrap(footer, pages.width, smallOf(look)), smallOf(look), place);
  }
  return await pages.finish((page, count) => {
    const y = pages.footerTop + 8;
    pages.rule({ y, color: look.hairline });
    const right = { x: pages.left, y: y + 4, width: pages.width, align: "right" } as const;
    pages.draw(`Page ${page} of ${count}`, right, smallOf(look));
  });
}

function smallOf(look: InvoiceLook): TextStyle {
  return { size: look.body - 1.5, color: look.quiet };
}

/** The page number, a rule and the gap above it. */
function footerHeight(size: number): number {
  return size * 1.36 + 16;
}
