import PdfKit from "pdfkit";
import { fontOf, printable, type Weight } from "./fonts.ts";

export interface TextStyle {
  /** In points. */
  size: number;
  weight?: Weight;
  /** "#rrggbb". */
  color?: string;
}

interface TextPlace {
  x: number;
  /** Top of the line. */
  y: number;
  /** Needed to align anything but left. */
  width?: number;
  align?: "left" | "right" | "center";
}

export interface PagesOptions {
  title: string;
  author: string;
  /** Written into the file; the same input must give the same bytes, so it is never "now". */
  createdAt: Date;
  paper: "a4" | "letter";
  /** All four sides, in points. */
  margin: number;
  /** Height kept free above the lower margin, on every page. */
  footerHeight: number;
}

const LINE_SPACING = 1.36;

/**
 * Pages that fill from top to bottom. Text is drawn line by line, never flowed by the library, so
 * that what is measured is what is drawn and a line never ends up behind another.
 */
export class Pages {
  /** Where the next thing goes, in points from the top of the page. */
  y: number;
  readonly left: number;
  readonly right: number;
  /** Drawn at the top of every page that follows; moves `y`. */
  onNewPage: () => void = () => {};
  readonly #document: PDFKit.PDFDocument;
  readonly #chunks: Buffer[] = [];
  readonly #top: number;
  readonly #bottom: number;
  readonly #ended: Promise<void>;
  readonly #shown = new Map<string, string>();

  constructor({ title, author, createdAt, paper, margin, footerHeight }: PagesOptions) {
    const document = new PdfKit({
      size: paper === "a4" ? "A4" : "LETTER",
      margin: 0,
      bufferPages: true,
      lang: "en",
      displayTitle: true,
      // Without a name here the library loads Helvetica for nothing.
      font: "",
      info: { Title: title, Author: author, Creator: "Nightledger", CreationDate: createdAt },
    });
    document.registerFont("regular", asSource(fontOf("regular")));
    document.registerFont("bold", asSource(fontOf("bold")));
    this.#document = document;
    this.#top = margin;
    this.#bottom = document.page.height - margin - footerHeight;
    this.left = margin;
    this.right = document.page.width - margin;
    this.y = margin;
    this.#ended = new Promise((resolve, reject) => {
      document.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
      document.on("end", resolve).on("error", reject);
    });
  }

  get width(): number {
    return this.right - this.left;
  }

  /** Where the space kept for the footer begins. */
  get footerTop(): number {
    return this.#bottom;
  }

  get pageWidth(): number {
    return this.#document.page.width;
  }

  hasRoomFor(height: number): boolean {
    return this.y + height <= this.#bottom;
  }

  breakPage(): void {
    this.#document.addPage();
    this.y = this.#top;
    this.onNewPage();
  }

  /** Starts a new page unless `height` fits on this one. */
  ensure(height: number): void {
    if (!this.hasRoomFor(height)) this.breakPage();
  }

  lineHeight({ size }: TextStyle): number {
    return size * LINE_SPACING;
  }

  widthOf(text: string, style: TextStyle): number {
    this.#use(style);
    return this.#document.widthOfString(this.#show(text));
  }

  /** Breaks text at its own line breaks and between words; a word wider than `width` is cut. */
  wrap(text: string, width: number, style: TextStyle): string[] {
    const lines: string[] = [];
    for (const paragraph of this.#show(text).trimEnd().split("\n")) {
      let line = "";
      for (const word of paragraph.split(/ +/)) {
        const longer = line === "" ? word : `${line} ${word}`;
        if (this.widthOf(longer, style) <= width) {
          line = longer;
          continue;
        }
        if (line !== "") lines.push(line);
        const pieces = this.#cut(word, width, style);
        lines.push(...pieces.slice(0, -1));
        line = pieces.at(-1) ?? "";
      }
      lines.push(line);
    }
    return lines;
  }

  /** The style, made smaller until the text fits into `width`, down to half its size. */
  fit(text: string, width: number, style: TextStyle): TextStyle {
    const needed = this.widthOf(text, style);
    if (needed <= width) return style;
    return { ...style, size: Math.max(style.size / 2, (style.size * width) / needed) };
  }

  /** Draws one line. Does not move `y`. */
  draw(text: string, { x, y, width, align }: TextPlace, style: TextStyle): void {
    const shown = this.#show(text);
    if (shown === "") return;
    this.#use(style);
    const spare = width === undefined ? 0 : width - this.#document.widthOfString(shown);
    const shift = align === "right" ? spare : align === "center" ? spare / 2 : 0;
    this.#document
      .fillColor(style.color ?? "#1a1a1a")
      .text(shown, x + shift, y, { lineBreak: false });
  }

  /** Draws lines at `y`, breaking pages between them, and moves `y` below them. */
  flow(
    lines: readonly string[],
    style: TextStyle,
    place: { x: number; width: number; align?: "left" | "center" },
  ): void {
    for (const line of lines) {
      this.ensure(this.lineHeight(style));
      this.draw(line, { ...place, y: this.y }, style);
      this.y += this.lineHeight(style);
    }
  }

  rule({
    y,
    from = this.left,
    to = this.right,
    color,
    thickness = 0.5,
  }: {
    y: number;
    from?: number;
    to?: number;
    color: string;
    thickness?: number;
  }): void {
    this.#document.moveTo(from, y).lineTo(to, y).lineWidth(thickness).strokeColor(color).stroke();
  }

  box({
    x,
    y,
    width,
    height,
    color,
    radius = 0,
  }: {
    x: number;
    y: number;
    width: number;
    height: number;
    color: string;
    radius?: number;
  }): void {
    this.#document.roundedRect(x, y, width, height, radius).fill(color);
  }

  /** Draws a picture into a box of its own proportions. */
  image(
    image: Buffer,
    { x, y, width, height }: { x: number; y: number; width: number; height: number },
  ): void {
    this.#document.image(image, x, y, { width, height });
  }

  /** Draws every page's footer, now that their number is known, and gives the file. */
  async finish(drawFooter: (page: number, pages: number) => void): Promise<Buffer> {
    const { start, count } = this.#document.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.#document.switchToPage(start + page);
      drawFooter(page + 1, count);
    }
    this.#document.end();
    await this.#ended;
    return Buffer.concat(this.#chunks);
  }

  #use({ size, weight }: TextStyle): void {
    this.#document.font(weight ?? "regular").fontSize(size);
  }

  #show(text: string): string {
    const known = this.#shown.get(text);
    if (known !== undefined) return known;
    const shown = printable(text);
    this.#shown.set(text, shown);
    return shown;
  }

  /** A word in pieces that fit, at least one character each. */
  #cut(word: string, width: number, style: TextStyle): string[] {
    const pieces: string[] = [];
    let piece = "";
    for (const character of word) {
      if (piece !== "" && this.widthOf(piece + character, style) > width) {
        pieces.push(piece);
        piece = "";
      }
      piece += character;
    }
    return [...pieces, piece];
  }
}

/** pdfkit takes a font that fontkit has opened; its types know only of files. */
function asSource(font: ReturnType<typeof fontOf>): PDFKit.Mixins.PDFFontSource {
  // oxlint-disable-next-line no-unsafe-type-assertion -- see above; PDFFontFactory.open checks for `layout`.
  return font as unknown as PDFKit.Mixins.PDFFontSource;
}
