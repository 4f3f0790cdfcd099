import { inflateSync } from "node:zlib";

/**
 * The text of a PDF as a reader would copy it, page by page, each drawn line by itself: glyph
 * numbers looked up in the ToUnicode table of their font. Knows just what pdfkit writes.
 */
export function textOfPdf(pdf: Buffer): string[][] {
  const objects = objectsOf(pdf);
  const get = (id: string | undefined) => {
    const object = objects.get(id ?? "");
    if (object === undefined) throw new Error(`the PDF has no object ${id}`);
    return object;
  };

  const tree = [...objects.values()].find(({ head }) => head.includes("/Type /Pages"));
  const kids = /\/Kids \[([^\]]*)\]/.exec(tree?.head ?? "")?.[1] ?? "";
  return [...kids.matchAll(/(\d+) 0 R/g)].map(([, id]) => {
    const page = get(id).head;
    const fonts = new Map<string, string[]>();
    const resources = get(refer(page, "Resources")).head;
    for (const [, name = "", font] of resources.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      fonts.set(name, charactersOf(get(refer(get(font).head, "ToUnicode")).stream));
    }
    const { stream } = get(refer(page, "Contents"));
    return [...stream.matchAll(/BT\n([\s\S]*?)\nET/g)].map(([, block = ""]) => {
      const characters = fonts.get(/\/(F\d+) /.exec(block)?.[1] ?? "") ?? [];
      const glyphs = [...block.matchAll(/<([0-9a-f]*)>/g)].map(([, hex]) => hex).join("");
      return (glyphs.match(/.{4}/g) ?? [])
        .map((glyph) => characters[Number.parseInt(glyph, 16)] ?? "?")
        .join("");
    });
  });
}

/** The object a dictionary's entry refers to. */
function refer(head: string, key: string): string | undefined {
  return new RegExp(`/${key} (\\d+) 0 R`).exec(head)?.[1];
}

/** What each glyph number of a subset stands for. */
function charactersOf(table: string): string[] {
  const characters: string[] = [];
  for (const [, from = "", list = ""] of table.matchAll(/<(\w+)> <\w+> \[([^\]]*)\]/g)) {
    let glyph = Number.parseInt(from, 16);
    for (const [, hex = ""] of list.matchAll(/<([\w ]*)>/g)) {
      const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
      characters[glyph] = bytes.swap16().toString("utf16le");
      glyph += 1;
    }
  }
  return characters;
}

/** How many pictures there are, and which colours text and areas (`fills`) and rules have ("#rrggbb"). */
export function drawingOfPdf(pdf: Buffer): {
  images: number;
  fills: ReadonlySet<string>;
  rules: ReadonlySet<string>;
} {
  const objects = [...objectsOf(pdf).values()];
  const colorsOf = (operator: string) => {
    const pattern = new RegExp(`^(\\S+) (\\S+) (\\S+) ${operator}$`, "gm");
    return new Set(
      objects.flatMap(({ stream }) =>
        [...stream.matchAll(pattern)].map(([, ...parts]) => `#${parts.map(hexOf).join("")}`),
      ),
    );
  };
  return {
    images: objects.filter(({ head }) => head.includes("/Subtype /Image")).length,
    fills: colorsOf("scn"),
    rules: colorsOf("SCN"),
  };
}

function objectsOf(pdf: Buffer): Map<string, { head: string; stream: string }> {
  const objects = new Map<string, { head: string; stream: string }>();
  for (const [, id = "", body = ""] of pdf
    .toString("latin1")
    .matchAll(/^(\d+) 0 obj\n([\s\S]*?)\nendobj$/gm)) {
    const [head = "", stream] = body.split("\nstream\n");
    const data = stream?.replace(/\nendstream$/, "");
    objects.set(id, {
      head,
      stream: data === undefined ? "" : inflateSync(Buffer.from(data, "latin1")).toString("latin1"),
    });
  }
  return objects;
}

/** A part of a colour, from "0" to "1". */
function hexOf(part: string): string {
  return Math.round(Number(part) * 255)
    .toString(16)
    .padStart(2, "0");
}
