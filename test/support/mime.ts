import { createHash } from "node:crypto";

/** What tests ask of a mail. Enough of MIME for mails of common libraries; not for mail at large. */
export interface ParsedMail {
  /** Lower-case names. Of a header that occurs more than once, the last. */
  headers: ReadonlyMap<string, string>;
  /** With angle brackets. */
  messageId: string;
  /** As in the header, names and all. */
  from: string;
  to: string;
  subject: string;
  date: Date;
  /** The first text/plain and text/html part; empty when there is none. */
  text: string;
  html: string;
  attachments: ParsedAttachment[];
  raw: Buffer;
}

export interface ParsedAttachment {
  name: string;
  contentType: string;
  content: Buffer;
  /** Of the content, hex. */
  sha256: string;
}

interface Part {
  headers: Map<string, string>;
  body: Buffer;
}

export function parseMail(raw: Buffer): ParsedMail {
  const top = splitPart(raw);
  const leaves = listLeaves(top);
  const header = (name: string): string => decodeWords(top.headers.get(name) ?? "");
  const textOf = (type: string): string => {
    const leaf = leaves.find((part) => !isAttachment(part) && typeOf(part) === type);
    return leaf === undefined ? "" : decodeBody(leaf).toString("utf8");
  };
  return {
    headers: top.headers,
    messageId: header("message-id"),
    from: header("from"),
    to: header("to"),
    subject: header("subject"),
    date: new Date(header("date")),
    text: textOf("text/plain"),
    html: textOf("text/html"),
    attachments: leaves.filter(isAttachment).map((part) => {
      const content = decodeBody(part);
      return {
        name: nameOf(part),
        contentType: typeOf(part),
        content,
        sha256: createHash("sha256").update(content).digest("hex"),
      };
    }),
    raw,
  };
}

function splitPart(raw: Buffer): Part {
  // latin1 keeps every byte as it is.
  const text = raw.toString("latin1");
  const end = /\r?\n\r?\n/.exec(text);
  const head = text.slice(0, end?.index ?? text.length);
  const body = end === null ? Buffer.alloc(0) : raw.subarray(end.index + end[0].length);
  const headers = new Map<string, string>();
  // A line that begins with white space continues the one before.
  for (const line of head.replaceAll(/\r?\n(?=[ \t])/g, "").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) {
      const value = Buffer.from(line.slice(colon + 1).trim(), "latin1").toString("utf8");
      headers.set(line.slice(0, colon).toLowerCase(), value);
    }
  }
  return { headers, body };
}

function listLeaves(part: Part): Part[] {
  const boundary = parameterOf(part.headers.get("content-type") ?? "", "boundary");
  if (boundary === undefined) return [part];
  const [, ...sections] = `\r\n${part.body.toString("latin1")}`.split(`\r\n--${boundary}`);
  return sections
    .filter((section) => !section.startsWith("--"))
    .flatMap((section) =>
      listLeaves(splitPart(Buffer.from(section.replace(/^[ \t]*\r?\n/, ""), "latin1"))),
    );
}

function typeOf(part: Part): string {
  return (
    (part.headers.get("content-type") ?? "text/plain").split(";")[0]?.trim().toLowerCase() ?? ""
  );
}

function isAttachment(part: Part): boolean {
  return (part.headers.get("content-disposition") ?? "").toLowerCase().startsWith("attachment");
}

function nameOf(part: Part): string {
  return (
    parameterOf(part.headers.get("content-disposition") ?? "", "filename") ??
    parameterOf(part.headers.get("content-type") ?? "", "name") ??
    ""
  );
}

/** Also a parameter that RFC 2231 wrote in pieces and percent-encoded: `filename*0*=utf-8''R%C3%A9; filename*1*=…`. */
function parameterOf(header: string, name: string): string | undefined {
  const plain = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, "i").exec(header);
  if (plain !== null) return decodeWords((plain[1] ?? plain[2] ?? "").replaceAll(/\\(.)/g, "$1"));
  const pieces = [
    ...header.matchAll(new RegExp(`;\\s*${name}\\*(?:\\d+\\*?)?=(?:"([^"]*)"|([^;\\s]*))`, "gi")),
  ];
  if (pieces.length === 0) return undefined;
  const joined = pieces.map((piece) => piece[1] ?? piece[2]).join("");
  return decodeURIComponent(joined.replace(/^[\w-]*'[\w-]*'/, ""));
}

/** RFC 2047: `=?UTF-8?Q?R=C3=A9?=`. White space between two encoded words belongs to neither. */
function decodeWords(text: string): string {
  const joined = text.replaceAll(/(\?=)\s+(=\?)/g, "$1$2");
  return joined.replaceAll(
    /(?:=\?utf-8\?[QB]\?[^?]*\?=)+/gi,
    // A character may be cut in two by the end of a word, so bytes are joined before they are read.
    (run) =>
      Buffer.concat(
        [...run.matchAll(/=\?utf-8\?([QB])\?([^?]*)\?=/gi)].map(([, kind, word = ""]) =>
          kind?.toUpperCase() === "B"
            ? Buffer.from(word, "base64")
            : decodeQuoted(word.replaceAll("_", " ")),
        ),
      ).toString("utf8"),
  );
}

function decodeBody(part: Part): Buffer {
  switch ((part.headers.get("content-transfer-encoding") ?? "").toLowerCase()) {
    case "base64":
      return Buffer.from(part.body.toString("latin1"), "base64");
    case "quoted-printable":
      return decodeQuoted(part.body.toString("latin1").replaceAll(/=[ \t]*\r?\n/g, ""));
    default:
      return part.body;
  }
}

function decodeQuoted(text: string): Buffer {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1");
}
