import { storableText } from "../../platform/storable-text.ts";
import type { SlackAlert } from "./contract.ts";

// Limits of Block Kit, in characters: https://docs.slack.dev/reference/block-kit/blocks. Rich text has
// none of its own; a message of more than about 13,200 is refused as a whole.
const HEADER_MAX = 150;
const FACTS_MAX = 10;
const LABEL_MAX = 100;
const VALUE_MAX = 300;
const LINE_MAX = 300;
const LINES_MAX = 10;
const LINE_URL_MAX = 500;
const BUTTON_MAX = 75;
const URL_MAX = 3_000;
const FOOTER_MAX = 500;
/** Of the text beside the blocks; Slack advises 4,000 and cuts at 40,000. */
const TEXT_MAX = 4_000;

type Json = Readonly<Record<string, unknown>>;

/**
 * An alert as blocks, within all limits of Block Kit. What stands in a company's books goes into plain
 * and rich text only, which Slack shows as it is: in mrkdwn a client called "*Star*" would be bold, and
 * "<!channel>" would ring everybody's phone.
 */
export function blocksOf({ title, facts, lines, link, footer }: SlackAlert): Json[] {
  const parts: Json[] = [];
  if (facts.length > 0) {
    const shown = facts.slice(0, FACTS_MAX);
    const elements = shown.flatMap(({ label, value }, index) => [
      { type: "text", text: `${storableText(oneLine(label), LABEL_MAX)}: `, style: { bold: true } },
      textOf(`${storableText(oneLine(value), VALUE_MAX)}${index < shown.length - 1 ? "\n" : ""}`),
    ]);
    parts.push({ type: "rich_text_section", elements });
  }
  if (lines.length > 0) {
    const items = lines.slice(0, LINES_MAX).map(({ text, url }) => {
      const shown = storableText(oneLine(text), LINE_MAX);
      const isLink = url !== undefined && url.length <= LINE_URL_MAX;
      const element = isLink ? { type: "link", url, text: shown } : textOf(shown);
      return { type: "rich_text_section", elements: [element] };
    });
    parts.push({ type: "rich_text_list", style: "bullet", elements: items });
  }
  return [
    { type: "header", text: plain(storableText(oneLine(title), HEADER_MAX)) },
    ...(parts.length === 0 ? [] : [{ type: "rich_text", elements: parts }]),
    ...(link === undefined || link.url.length > URL_MAX ? [] : [buttonOf(link)]),
    { type: "context", elements: [plain(storableText(oneLine(footer), FOOTER_MAX))] },
  ];
}

function buttonOf({ label, url }: { label: string; url: string }): Json {
  const text = plain(storableText(oneLine(label), BUTTON_MAX));
  return { type: "actions", elements: [{ type: "button", text, url }] };
}

/** Slack refuses an empty text. */
function textOf(text: string): Json {
  return { type: "text", text: text === "" ? "–" : text };
}

function plain(text: string): Json {
  return { type: "plain_text", text: text === "" ? "–" : text, emoji: false };
}

/**
 * What notifications show, and programs that know no blocks: all of it, in words. `&`, `<` and `>` are
 * the characters that Slack reads as its own, wherever text stands outside of blocks.
 */
export function plainTextOf({ title, facts, lines, link, footer }: SlackAlert): string {
  const parts = [
    title,
    ...facts.map(({ label, value }) => `${label}: ${value}`),
    ...lines.map(({ text }) => text),
    ...(link === undefined ? [] : [link.url]),
    footer,
  ];
  const text = parts
    .map(oneLine)
    .filter((part) => part !== "")
    .join("\n");
  // Cut before it is escaped, so that no `&amp;` is torn.
  let escaped = escapeText(text);
  for (let length = TEXT_MAX; escaped.length > TEXT_MAX; length -= 200) {
    escaped = escapeText(storableText(text, length));
  }
  return escaped;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
