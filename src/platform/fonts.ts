import { createRequire } from "node:module";
import { openSync, type Font, type GlyphRun } from "fontkit";

export type Weight = "regular" | "bold";

/**
 * Noto Sans (SIL Open Font License): Latin, Greek, Cyrillic, Devanagari and all currency signs in
 * use. The fonts every PDF reader has know only western European letters.
 */
const FILES: Readonly<Record<Weight, string>> = {
  regular: "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
  bold: "@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf",
};

const opened = new Map<Weight, Font>();

/** The font, read once per process: reading it takes longer than writing an invoice with it. */
export function fontOf(weight: Weight): Font {
  const known = opened.get(weight);
  if (known) return known;
  const font = openSync(createRequire(import.meta.url).resolve(FILES[weight]));
  if (!("layout" in font)) throw new Error(`${FILES[weight]} is a collection, not a font`);
  rememberLayouts(font);
  opened.set(weight, font);
  return font;
}

/** More words than this, and all are forgotten: names and numbers are new in every invoice. */
const WORDS_MAX = 5_000;

/**
 * Setting a word (kerning, ligatures, accents) takes most of the time of a document, and documents
 * repeat each other's words. pdfkit remembers them only within one document.
 */
function rememberLayouts(font: Font): void {
  const known = new Map<string, GlyphRun>();
  const layout = font.layout.bind(font);
  font.layout = (text, ...options) => {
    if (options.some((option) => option !== undefined)) return layout(text, ...options);
    let run = known.get(text);
    if (run === undefined) {
      run = layout(text);
      if (known.size >= WORDS_MAX) known.clear();
      known.set(text, run);
    }
    return copyOf(run);
  };
}

/** pdfkit scales the positions it is given in place. */
function copyOf(run: GlyphRun): GlyphRun {
  const positions = run.positions.map((position) => ({ ...position }));
  // Its total width is worked out from the positions by its class.
  return Object.create(run, { positions: { value: positions, enumerable: true } });
}

/** Shown for every character the font lacks, so that a gap is seen and never taken for a word. */
const REPLACEMENT = "\u{FFFD}";

/**
 * The text as the font can show it: composed (e and its accent are one sign), without control
 * characters, every missing character replaced. Line breaks stay.
 */
export function printable(text: string, font: Font = fontOf("regular")): string {
  let result = "";
  // Iterating goes by code point; half of a surrogate pair has no glyph and is replaced like others.
  for (const character of text.normalize("NFC").replaceAll(/\r\n?/g, "\n")) {
    const code = character.codePointAt(0) ?? 0;
    if (character === "\n") result += character;
    else if (character === "\t" || code === 0xa0) result += " ";
    else if (isInvisible(code)) continue;
    else result += font.hasGlyphForCodePoint(code) ? character : REPLACEMENT;
  }
  return result;
}

/** Controls and direction marks: drawn, they would be boxes, or turn a name or an amount around. */
function isInvisible(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code < 0xa0) ||
    code === 0xad ||
    code === 0x200b ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff
  );
}
