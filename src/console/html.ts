/** Markup that is safe to send: everything put into it was escaped or is markup itself. */
export interface Html {
  readonly markup: string;
}

export type HtmlValue = Html | string | number | null | undefined | readonly HtmlValue[];

/** Markup with values in it. Text is escaped, so nothing a client is called can become an element. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = parts[0] ?? "";
  for (const [index, value] of values.entries()) {
    markup += toMarkup(value) + (parts[index + 1] ?? "");
  }
  return { markup };
}

function toMarkup(value: HtmlValue): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string" || typeof value === "number") return escape(String(value));
  if (isList(value)) return value.map(toMarkup).join("");
  return value.markup;
}

function isList(value: Html | readonly HtmlValue[]): value is readonly HtmlValue[] {
  return Array.isArray(value);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
