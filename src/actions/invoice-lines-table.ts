import { formatMoney } from "../billing/money.ts";
import type { Pages, TextStyle } from "../platform/pdf.ts";
import type { InvoiceDocument } from "./invoice-document.ts";
import { formatQuantity, formatRate, formatUnitPrice } from "./invoice-text.ts";
import type { InvoiceLook } from "./invoice-look.ts";

export interface Column {
  title: string;
  align: "left" | "right";
  /** Text of the cell for each row. */
  cells: readonly string[];
  /** Wrapped at this width; amounts never are. */
  widthMax?: number;
}

interface PlacedColumn extends Column {
  x: number;
  width: number;
}

/** What was sold, a row per line. Moves `pages.y` below. */
export function drawInvoiceLines(pages: Pages, document: InvoiceDocument, look: InvoiceLook): void {
  const { lines, currency } = document;
  const taxes = lines.map((line) =>
    line.taxes.map(({ name, rate }) => `${name} ${formatRate(rate)}`).join("\n"),
  );
  const discounts = lines.map(({ discount = null }) => {
    if (discount === null) return "";
    return discount.type === "percentage"
      ? formatRate(discount.rate)
      : formatMoney(discount.amount, currency);
  });
  drawTable(pages, look, {
    first: {
      title: "Description",
      align: "left",
      cells: lines.map(({ description, longDescription }) =>
        longDescription ? `${description}\n${longDescription}` : description,
      ),
    },
    others: [
      {
        title: "Quantity",
        align: "right",
        cells: lines.map(({ quantity, unit }) =>
          unit ? `${formatQuantity(quantity)} ${unit}` : formatQuantity(quantity),
        ),
      },
      {
        title: "Unit price",
        align: "right",
        cells: lines.map((line) => formatUnitPrice(line.unitPrice, currency)),
      },
      ...(discounts.every((discount) => discount === "")
        ? []
        : [{ title: "Discount", align: "right", cells: discounts } as const]),
      ...(taxes.every((tax) => tax === "")
        ? []
        : [{ title: "Tax", align: "right", cells: taxes, widthMax: 80 } as const]),
      {
        title: "Amount",
        align: "right",
        cells: lines.map((line) => formatMoney(line.amount, currency)),
      },
    ],
  });
}

/** A table with its head repeated on every page; the first column is wrapped where there is no room. */
export function drawTable(
  pages: Pages,
  look: InvoiceLook,
  table: { first: Column; others: readonly Column[] },
): void {
  const { columns, size } = placeColumns(pages, table, look);
  const rowCount = table.first.cells.length;
  const cell: TextStyle = { size, color: look.ink };
  const head: TextStyle = { size: size - 1, weight: "bold", color: look.tableHead.text };
  const lineHeight = pages.lineHeight(cell);

  const drawHead = () => {
    const height = pages.lineHeight(head) + look.cellPadding * 1.4;
    if (look.tableHead.fill !== undefined) {
      pages.box({
        x: pages.left,
        y: pages.y,
        width: pages.width,
        height,
        color: look.tableHead.fill,
      });
    }
    for (const { title, x, width, align } of columns) {
      pages.draw(title, { x, y: pages.y + look.cellPadding * 0.7, width, align }, head);
    }
    pages.y += height;
    pages.rule({ y: pages.y, color: look.accent, thickness: 0.8 });
  };
  // The head is not left alone at the foot of a page.
  pages.ensure(pages.lineHeight(head) + lineHeight * 2 + look.cellPadding * 4);
  drawHead();
  pages.onNewPage = drawHead;

  for (let row = 0; row < rowCount; row += 1) {
    const cells = columns.map((column) => pages.wrap(column.cells[row] ?? "", column.width, cell));
    const lineCount = Math.max(...cells.map((lines) => lines.length));
    // A row is kept whole unless it is long; a long one goes on overleaf.
    pages.ensure(lineHeight * Math.min(lineCount, 6) + look.cellPadding * 2);
    pages.y += look.cellPadding;
    for (let line = 0; line < lineCount; line += 1) {
      if (!pages.hasRoomFor(lineHeight)) {
        pages.breakPage();
        pages.y += look.cellPadding;
      }
      for (const [index, { x, width, align }] of columns.entries()) {
        pages.draw(cells[index]?.[line] ?? "", { x, y: pages.y, width, align }, cell);
      }
      pages.y += lineHeight;
    }
    pages.y += look.cellPadding;
    pages.rule({ y: pages.y, color: look.hairline });
  }
  pages.onNewPage = () => {};
}

/**
 * Amounts get the room they need and are never wrapped; the first column has the rest. Where that
 * is too little for it, the whole table is set smaller.
 */
function placeColumns(
  pages: Pages,
  { first, others }: { first: Column; others: readonly Column[] },
  look: InvoiceLook,
): { columns: PlacedColumn[]; size: number } {
  for (let size = look.body; ; size -= 0.5) {
    const gap = size * 1.4;
    const inset = look.tableHead.fill === undefined ? 0 : look.cellPadding;
    const widths = others.map(({ title, cells, widthMax = Infinity }) => {
      const head = pages.widthOf(title, { size: size - 1, weight: "bold" });
      const widest = cells
        .flatMap((text) => text.split("\n"))
        .reduce((most, text) => Math.max(most, pages.widthOf(text, { size })), head);
      // A hair more, lest the widest text be wrapped for a rounding error.
      return Math.min(widest, widthMax) + 0.01;
    });
    const taken = widths.reduce((sum, width) => sum + width + gap, 0);
    const rest = pages.width - taken - inset * 2;
    if (rest < 130 && size > 5) continue;

    let x = pages.left + inset;
    const place = (column: Column, width: number): PlacedColumn => {
      const placed = { ...column, x, width };
      x += width + gap;
      return placed;
    };
    const columns = [
      place(first, Math.max(rest, 60)),
      ...others.map((column, index) => place(column, widths[index] ?? 0)),
    ];
    return { columns, size };
  }
}
