import sanitize from "sanitize-html";

const SIZE = /^\d{1,3}(?:\.\d{1,2})?(?:px|pt|em|rem|%)$/;
const COLOR = /^(?:#[0-9a-f]{3,8}|[a-z]{3,20}|rgba?\([\d\s.,%/]{1,40}\))$/i;

/** Text with some formatting: no scripts, forms, pictures or frames, nothing that is loaded from elsewhere. */
const FORMATTED: sanitize.IOptions = {
  allowedTags: [
    ..."p div span br hr strong b em i u s small sub sup h1 h2 h3 h4 h5 h6".split(" "),
    ..."ul ol li blockquote table thead tbody tfoot tr th td a".split(" "),
  ],
  allowedAttributes: {
    "*": ["style"],
    a: ["href"],
    td: ["colspan", "rowspan"],
    th: ["colspan", "rowspan"],
  },
  allowedStyles: {
    "*": {
      color: [COLOR],
      "background-color": [COLOR],
      "font-size": [SIZE],
      "font-style": [/^(?:normal|italic)$/],
      "font-weight": [/^(?:normal|bold|[1-9]00)$/],
      "text-align": [/^(?:left|right|center|justify)$/],
      "text-decoration": [/^(?:none|underline|line-through)$/],
    },
  },
  allowedSchemes: ["http", "https", "mailto", "tel"],
  allowProtocolRelative: false,
  nestingLimit: 30,
};

/** HTML with what is not harmless left out. Safe to be shown as it is, by whomever. */
export function sanitizeHtml(html: string): string {
  return sanitize(html, FORMATTED);
}

const ENDS_LINE = /<(?:br|hr)\b[^>]*>|<\/(?:p|div|h[1-6]|li|tr|blockquote|ul|ol|table)>/gi;

/** What sanitised HTML says, line by line, without its formatting. */
export function textOfHtml(html: string): string {
  const broken = html
    .replaceAll(/\s+/g, " ")
    .replaceAll(ENDS_LINE, "$&\n")
    .replaceAll(/<li\b[^>]*>/gi, "$&• ")
    .replaceAll(/<\/t[dh]>/gi, "$& ");
  return sanitize(broken, { allowedTags: [], allowedAttributes: {} })
    .replaceAll(/&(amp|lt|gt|quot);/g, (_whole, name: keyof typeof ENTITIES) => ENTITIES[name])
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}

/** All that the library writes. */
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"' } as const;

/** What would leave the style sheet, load something, or run: not only as a browser of today reads it. */
const FORBIDDEN_CSS: readonly [what: RegExp, text: string][] = [
  [/[<\\]/, "Must not contain < or \\."],
  [/@(?!media\b|page\b|supports\b)/i, "Must not contain rules but @media, @page and @supports."],
  [
    /(?:url|src|image|image-set|cross-fade|element|paint|expression)\s*\(/i,
    "Must not load or draw anything by a function.",
  ],
  [/javascript:|behavior\s*:|-moz-binding/i, "Must not run anything."],
];

/** What is wrong with a style sheet that others will be shown; undefined when nothing is. */
export function problemOfCss(css: string): string | undefined {
  // A comment must not hide what stands around it.
  const bare = css.replaceAll(/\/\*[^]*?\*\//g, "");
  return FORBIDDEN_CSS.find(([what]) => what.test(css) || what.test(bare))?.[1];
}
