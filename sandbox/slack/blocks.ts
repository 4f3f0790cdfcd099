type Json = Record<string, unknown>;

const BLOCKS_MAX = 50;
/** Not documented, and met by many. */
const ALL_MAX = 13_200;

/** What Slack finds wrong with blocks; undefined when it takes them. */
export function judgeBlocks(
  given: string | null,
): { error: string; messages: string[] } | undefined {
  if (given === null) return undefined;
  const blocks = parse(given);
  if (!Array.isArray(blocks)) return { error: "invalid_blocks_format", messages: [] };
  if (given.length > ALL_MAX) return { error: "msg_blocks_too_long", messages: [] };
  const problems =
    blocks.length > BLOCKS_MAX
      ? [`no more than ${BLOCKS_MAX} items allowed [json-pointer:/blocks]`]
      : blocks.flatMap((block, index) =>
          problemsOf(objectOf(block)).map((text) => `${text} [json-pointer:/blocks/${index}]`),
        );
  if (problems.length === 0) return undefined;
  return { error: "invalid_blocks", messages: problems.map((text) => `[ERROR] ${text}`) };
}

function problemsOf(block: Json): string[] {
  switch (block["type"]) {
    case "header":
      return judgeText(block["text"], { max: 150, types: ["plain_text"] });
    case "section":
      return [
        ...(block["text"] === undefined ? [] : judgeText(block["text"], { max: 3_000 })),
        ...judgeList(block["fields"], { max: 10, isOptional: true }, (field) =>
          judgeText(field, { max: 2_000 }),
        ),
        ...(block["text"] === undefined && block["fields"] === undefined
          ? ["missing required field: text"]
          : []),
      ];
    case "context":
      return judgeList(block["elements"], { max: 10 }, (element) =>
        judgeText(element, { max: 2_000 }),
      );
    case "actions":
      return judgeList(block["elements"], { max: 25 }, judgeButton);
    case "divider":
      return [];
    case "rich_text":
      return judgeList(block["elements"], { max: 100 }, judgeRichText);
    default:
      return [`unsupported type: ${String(block["type"])}`];
  }
}

function judgeButton(element: Json): string[] {
  if (element["type"] !== "button") return [`unsupported type: ${String(element["type"])}`];
  const { url = "https://here.test" } = element;
  const isUrl = typeof url === "string" && URL.canParse(url);
  return [
    ...judgeText(element["text"], { max: 75, types: ["plain_text"] }),
    ...(isUrl ? [] : ["must be a valid url"]),
    ...(isUrl && url.length > 3_000 ? ["must be less than 3001 characters"] : []),
  ];
}

function judgeRichText(part: Json): string[] {
  const { type } = part;
  if (type === "rich_text_list") {
    const isStyled = part["style"] === "bullet" || part["style"] === "ordered";
    return [
      ...(isStyled ? [] : ["must be a valid style"]),
      ...judgeList(part["elements"], { max: 100 }, judgeRichText),
    ];
  }
  if (type !== "rich_text_section") return [`unsupported type: ${String(type)}`];
  return judgeList(part["elements"], { max: 100 }, (element) => {
    const text = element["text"];
    if (element["type"] === "link") {
      return URL.canParse(String(element["url"])) ? [] : ["must be a valid url"];
    }
    if (element["type"] !== "text") return [`unsupported type: ${String(element["type"])}`];
    return typeof text === "string" && text !== "" ? [] : ["must be more than 0 characters"];
  });
}

function judgeText(
  given: unknown,
  { max, types = ["plain_text", "mrkdwn"] }: { max: number; types?: readonly string[] },
): string[] {
  const { type, text } = objectOf(given);
  if (!types.includes(String(type))) return [`unsupported type: ${String(type)}`];
  if (typeof text !== "string" || text === "") return ["must be more than 0 characters"];
  return text.length > max ? [`must be less than ${max + 1} characters`] : [];
}

function judgeList(
  given: unknown,
  { max, isOptional = false }: { max: number; isOptional?: boolean },
  judge: (item: Json) => string[],
): string[] {
  if (given === undefined && isOptional) return [];
  if (!Array.isArray(given) || given.length === 0) return ["no fewer than 1 items allowed"];
  if (given.length > max) return [`no more than ${max} items allowed`];
  return given.flatMap((item) => judge(objectOf(item)));
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
