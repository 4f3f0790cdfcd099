import { expect, test } from "vitest";
import type { InvoiceDocument, PaperBranding } from "../../../src/actions/invoice-document.ts";
import { renderInvoicePdf } from "../../../src/actions/render-invoice-pdf.ts";
import { sizeOfPng, printableImage } from "../../../src/platform/images.ts";
import { picture } from "../../support/files.ts";
import { drawingOfPdf, textOfPdf } from "../../support/pdf-text.ts";

const vat = { name: "VAT", rate: 2_000_000n };
const invoice: InvoiceDocument = {
  company: {
    name: "Acme Consulting GmbH",
    address: ["Hauptstraße 12", "10115 Berlin"],
    email: "billing@acme.test",
    taxNumber: "DE 123",
  },
  client: { name: "Client Ltd", address: ["1 High Street", "London"] },
  number: "INV-00042",
  status: "overdue",
  issueDate: "2026-03-01",
  dueDate: "2026-03-31",
  period: { start: "2026-02-01", end: "2026-02-28" },
  currency: "EUR",
  lines: [
    {
      description: "Retainer",
      quantity: 10_000n,
      unitPrice: 250_000_000_000n,
      amount: 250_000n,
      taxes: [vat],
    },
    {
      description: "API calls",
      quantity: 1_843_210_000n,
      unitPrice: 125_000n,
      amount: 23_040n,
      taxes: [vat],
    },
  ],
  subtotal: 273_040n,
  discount: 3_040n,
  taxes: [{ ...vat, amount: 54_000n }],
  adjustments: [
    { description: "Rounding", amount: -12n },
    { description: "Goodwill", amount: -10n },
  ],
  lateFee: 1_500n,
  total: 325_478n,
  paid: 100_000n,
  amountDue: 225_478n,
  notes: "Thank you.",
  terms: "Payment within 30 days.",
  footer: "Acme Consulting GmbH, Berlin",
  layout: "classic",
};

/** Lines of text, page by page. */
async function pagesOf(changes: Partial<InvoiceDocument>): Promise<string[][]> {
  return textOfPdf(await renderInvoicePdf({ ...invoice, ...changes }));
}
const wordsOf = (pages: string[][]) => pages.flat();

test("a line shows its long description, its unit and its own discount", async () => {
  const [retainer, calls] = invoice.lines;
  const lines = [
    {
      ...retainer!,
      longDescription: "All of February,\nas agreed.",
      unit: "months",
      discount: { type: "percentage" as const, rate: 1_250_000n },
    },
    { ...calls!, discount: { type: "fixed" as const, amount: 1_500n } },
  ];
  const words = wordsOf(await pagesOf({ lines }));
  expect(words).toEqual(
    expect.arrayContaining([
      "Discount",
      "12.5%",
      "€15.00",
      "All of February,",
      "as agreed.",
      "1 months",
    ]),
  );
  expect(
    wordsOf(await pagesOf({ lines: [retainer!] })).filter((word) => word === "Discount"),
  ).toHaveLength(1);
});

test.for(["classic", "modern", "compact"] as const)(
  "the %s layout shows all a payer and an accountant need",
  async (layout) => {
    const [page = [], ...others] = await pagesOf({ layout });
    expect(others).toEqual([]);
    for (const words of [
      "Acme Consulting GmbH",
      "Hauptstraße 12",
      "Tax number DE 123",
      "INVOICE",
      "OVERDUE",
      "Client Ltd",
      "INV-00042",
      "1 March 2026",
      "31 March 2026",
      "1 – 28 February 2026",
      "Retainer",
      "184,321",
      "€0.00125",
      "€230.40",
      "VAT 20%",
      "€2,730.40",
      "-€30.40",
      "€540.00",
      "Rounding",
      "Goodwill",
      "-€0.12",
      "-€0.10",
      "Late fee",
      "€3,254.78",
      "-€1,000.00",
      "Amount due (EUR)",
      "€2,254.78",
      "Thank you.",
      "Payment within 30 days.",
      "Acme Consulting GmbH, Berlin",
      "Page 1 of 1",
    ]) {
      expect(page).toContain(words);
    }
  },
);

test("what is zero or unknown is not printed", async () => {
  const words = wordsOf(
    await pagesOf({
      status: "sent",
      discount: 0n,
      adjustments: [],
      lateFee: 0n,
      paid: 0n,
      taxes: [],
      lines: [{ ...invoice.lines[0]!, taxes: [] }],
      period: null,
      notes: null,
      terms: " ",
      footer: null,
    }),
  );
  for (const label of [
    "Discount",
    "Rounding",
    "Late fee",
    "Paid",
    "Tax",
    "Period",
    "NOTES",
    "TERMS",
    "OVERDUE",
  ]) {
    expect(words).not.toContain(label);
  }
});

test("many lines go over pages, each with the table's head and its number", async () => {
  const lines = Array.from({ length: 90 }, (_, at) => ({
    ...invoice.lines[0]!,
    description: `Item ${at + 1}`,
  }));
  const pages = await pagesOf({ lines });
  expect(pages.length).toBeGreaterThan(2);
  for (const [at, page] of pages.entries()) {
    expect(page).toContain(`Page ${at + 1} of ${pages.length}`);
    expect(page).toContain("Invoice INV-00042");
  }
  const withItems = pages.filter((page) => page.some((words) => words.startsWith("Item ")));
  for (const page of withItems) expect(page).toContain("Unit price");
  const items = wordsOf(pages).filter((words) => words.startsWith("Item "));
  expect(items).toEqual(lines.map(({ description }) => description));
});

test("the totals are never torn apart", async () => {
  for (let count = 8; count < 22; count += 1) {
    const lines = Array.from({ length: count }, () => invoice.lines[0]!);
    const pages = await pagesOf({ lines });
    const withTotals = pages.filter((page) => page.includes("Subtotal") || page.includes("Total"));
    expect(withTotals).toHaveLength(1);
    expect(withTotals[0]).toContain("Amount due (EUR)");
  }
});

test("a description longer than a page is printed in full", async () => {
  const words = Array.from({ length: 400 }, (_, at) => `line${at}`);
  const pages = await pagesOf({ lines: [{ ...invoice.lines[0]!, description: words.join("\n") }] });
  expect(pages.length).toBeGreaterThan(4);
  expect(wordsOf(pages).filter((text) => text.startsWith("line"))).toEqual(words);
});

test("a word wider than its column is cut, not lost", async () => {
  const pages = await pagesOf({ lines: [{ ...invoice.lines[0]!, description: "x".repeat(1000) }] });
  const printed = wordsOf(pages).filter((text) => /^x+$/.test(text));
  expect(printed.length).toBeGreaterThan(5);
  expect(printed.join("")).toBe("x".repeat(1000));
});

test("names in other alphabets are printed as they are written", async () => {
  const names = [
    "Łódź Żegluga Sp. z o.o.",
    "Ελληνική Εταιρεία",
    "Общество «Ромашка»",
    "Công ty Hà Nội",
    "Ülker Gıda Şti",
  ];
  for (const name of names) {
    const pages = await pagesOf({ client: { name, address: [] } });
    expect(wordsOf(pages)).toContain(name);
  }
});

test("an accent typed on its own joins its letter", async () => {
  const pages = await pagesOf({ client: { name: "Jose\u0301", address: [] } });
  expect(wordsOf(pages)).toContain("José");
});

test("what no font of ours can print is visibly replaced, and never an exception", async () => {
  const pages = await pagesOf({
    client: {
      name: "東京 Trading",
      address: ["😀", "half \uD800 pair", "nul\u0000 bell\u0007", "\u202Edesrever"],
    },
  });
  const words = wordsOf(pages);
  expect(words).toContain("�� Trading");
  expect(words).toContain("�");
  expect(words).toContain("half � pair");
  expect(words).toContain("nul bell");
  expect(words).toContain("desrever");
});

test("the same invoice gives the same bytes, dated by the invoice", async () => {
  const first = await renderInvoicePdf(invoice);
  const second = await renderInvoicePdf({ ...invoice });
  expect(first.equals(second)).toBe(true);
  expect(first.toString("latin1")).toContain("(D:20260301000000Z)");
});

test("sums of any size and currencies without decimals are exact", async () => {
  const amount = 12_345_678_901_234_567_890n;
  const words = wordsOf(await pagesOf({ currency: "JPY", total: amount, amountDue: amount }));
  expect(words).toContain("¥12,345,678,901,234,567,890");
  expect(words).toContain("¥0.125");
});

test("an invoice with nothing on it is still a page", async () => {
  const pages = await pagesOf({
    company: { name: "", address: [] },
    client: { name: "", address: [] },
    lines: [],
    taxes: [],
    footer: "long footer ".repeat(60),
  });
  expect(pages).toHaveLength(1);
  expect(pages[0]).toContain("Page 1 of 1");
});

/** Colours of a company, and nothing else of its look unless told otherwise. */
function brandingOf(changes: Partial<PaperBranding>): PaperBranding {
  return {
    primaryColor: null,
    secondaryColor: null,
    accentColor: null,
    fontFamily: null,
    logo: null,
    header: null,
    footer: null,
    ...changes,
  };
}

test("a company's papers have its logo, colours, header and footer, and the same bytes each time", async () => {
  const logo = await printableImage(await picture("png", { width: 900, height: 300 }), {
    widthMax: 720,
    heightMax: 240,
  });
  expect(sizeOfPng(logo!)).toEqual({ width: 720, height: 240 });
  const branding = brandingOf({
    primaryColor: "#1a1a2e",
    secondaryColor: "#1e40af",
    accentColor: "#b91c1c",
    logo: logo!,
    header: "Since 1900",
    footer: "IBAN DE00",
  });
  for (const layout of ["classic", "modern", "compact"] as const) {
    const pdf = await renderInvoicePdf({ ...invoice, layout, branding });
    expect(pdf.equals(await renderInvoicePdf({ ...invoice, layout, branding }))).toBe(true);
    const { images, fills, rules } = drawingOfPdf(pdf);
    expect(images).toBe(1);
    expect([...fills]).toEqual(expect.arrayContaining(["#1a1a2e", "#1e40af", "#b91c1c"]));
    expect(rules).toContain("#b91c1c");
    const words = textOfPdf(pdf).flat();
    expect(words).toEqual(
      expect.arrayContaining(["Since 1900", "Acme Consulting GmbH, Berlin", "IBAN DE00"]),
    );
  }
  // The logo stands on the first page only; what both footers say does not fit below each page.
  const long = await renderInvoicePdf({
    ...invoice,
    lines: Array.from({ length: 80 }, () => invoice.lines[0]!),
    layout: "modern",
    branding: { ...branding, footer: "IBAN DE00\nBIC ABC" },
  });
  expect(drawingOfPdf(long).images).toBe(1);
  const pages = textOfPdf(long);
  expect(pages.length).toBeGreaterThan(2);
  expect(pages.flat().filter((text) => text === "BIC ABC")).toHaveLength(1);
});

test("a colour that nobody can read on white paper is used for rules and areas, not for words", async () => {
  const branding = brandingOf({
    primaryColor: "#ffffff",
    secondaryColor: "#f5f5f5",
    accentColor: "#fde047",
  });
  const classic = drawingOfPdf(await renderInvoicePdf({ ...invoice, layout: "classic", branding }));
  expect(classic.rules).toContain("#fde047");
  expect(classic.fills).not.toContain("#fde047");
  expect(classic.fills).not.toContain("#f5f5f5");
  // The badge of an overdue invoice is white on red.
  const paid = { ...invoice, status: "sent", layout: "classic", branding } as const;
  expect(drawingOfPdf(await renderInvoicePdf(paid)).fills).not.toContain("#ffffff");
  // On a light band the words are dark.
  const modern = { ...invoice, status: "sent", layout: "modern", branding } as const;
  const { fills } = drawingOfPdf(await renderInvoicePdf(modern));
  expect(fills).toContain("#fde047");
  expect(fills).not.toContain("#ffffff");
});
