import { createHash, hash } from "node:crypto";
import { z } from "zod";
import { usualPageSize } from "../db/usual-page.ts";
import { InvalidInput } from "../errors.ts";
import { contentTypeOf, type FileKind, type OwnFileKind } from "../platform/file-kinds.ts";

/** What a route returns. Exactly one of `body`, `bytes`, `send` or nothing (204). */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** The row that `body.data` shows: part of the answer's ETag, so that If-Match can name it. */
  version?: { updatedAt: Date };
  /** A download, made by `answerFile`. */
  bytes?: Uint8Array;
  /** An answer that goes on (server-sent events). Ends when the promise does. */
  send?: (response: import("express").Response, signal: AbortSignal) => Promise<void>;
}

/**
 * A record as it was just presented, with more fields: it is added to, not copied. For what is answered
 * often: a spread beside other fields takes Node 20 microseconds for a record, this a tenth of one.
 */
export function withMore<P extends object, M extends object>(presented: P, more: M): P & M {
  return Object.assign(presented, more);
}

/** An instant as callers see it: UTC with microseconds (API.md, oddities). */
export function presentInstant(instant: Date): string;
export function presentInstant(instant: Date | null): string | null;
export function presentInstant(instant: Date | null): string | null {
  return instant === null ? null : `${instant.toISOString().slice(0, -1)}000Z`;
}

/** The answer side of the schemas: what a reader of the OpenAPI document is told. */
export const instantJson = z
  .string()
  .meta({ format: "date-time", example: "2026-04-05T19:38:14.000000Z" });
export const dateJson = z.string().meta({ format: "date", example: "2026-04-05" });
export const errorJson = z.object({
  message: z.string(),
  code: z.string(),
  errors: z.record(z.string(), z.array(z.string())),
  request_id: z.string(),
  upgrade_required: z
    .boolean()
    .optional()
    .meta({ description: "Beside 403: the plan is too small." }),
});
export const listMetaJson = z.object({
  current_page: z.int(),
  last_page: z.int(),
  per_page: z.int(),
  total: z.int(),
});

/** `{ data: [item], meta }`; `counts` are the further numbers the contract names for this list. */
export function listJson(item: z.ZodType, counts: z.ZodRawShape): z.ZodType {
  return z.object({ data: z.array(item), meta: listMetaJson.extend(counts) });
}

export interface Page {
  limit: number;
  offset: number;
}

/** Query parameters of every list: page and per_page (or limit), or limit and offset (API.md rule 5). */
export const pageQuery = {
  page: wholeNumber(1, 1_000_000_000).optional(),
  per_page: wholeNumber(1, 100).optional(),
  limit: wholeNumber(1, 100).optional(),
  offset: wholeNumber(0, 1_000_000_000_000).optional(),
};

/** Which part of a list is asked for. Mixing the ways is refused rather than guessed at. */
export function pageOf(query: {
  page?: number | undefined;
  per_page?: number | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
}): Page {
  const { page, per_page: perPage, limit, offset } = query;
  const byPage = page !== undefined || perPage !== undefined;
  if ((byPage && offset !== undefined) || (perPage !== undefined && limit !== undefined)) {
    const field = offset === undefined ? "limit" : "offset";
    throw new InvalidInput({ [field]: ["Use page and per_page, or limit and offset, not both."] });
  }
  const size = perPage ?? limit ?? usualPageSize;
  return { limit: size, offset: offset ?? ((page ?? 1) - 1) * size };
}

/** A list's answer: data, meta and the X-Total-Count, X-Offset and X-Limit headers. */
export function listAnswer(
  data: readonly unknown[],
  page: Page & { total: number },
  counts: Record<string, unknown> = {},
): Answer {
  const { limit, offset, total } = page;
  return {
    status: 200,
    body: {
      data,
      meta: {
        current_page: Math.floor(offset / limit) + 1,
        last_page: Math.max(1, Math.ceil(total / limit)),
        per_page: limit,
        total,
        ...counts,
      },
    },
    headers: {
      "X-Total-Count": String(total),
      "X-Offset": String(offset),
      "X-Limit": String(limit),
    },
  };
}

/** Query parameters of a list that is short by nature, like the lines of an invoice. */
export const wholeListQuery = z.strictObject(pageQuery);

/** Such a list's answer: all of it, unless a page was asked for. */
export function wholeListAnswer(
  data: readonly unknown[],
  query: z.output<typeof wholeListQuery>,
): Answer {
  const isPaged = Object.values(query).some((value) => value !== undefined);
  const { limit, offset } = isPaged
    ? pageOf(query)
    : { limit: Math.max(1, data.length), offset: 0 };
  const page = { limit, offset, total: data.length };
  return listAnswer(data.slice(offset, offset + limit), page);
}

/** A PDF to be looked at. */
export function answerPdf(bytes: Uint8Array, name: string): Answer {
  return answerFile(bytes, { name, kind: "pdf", isShown: true });
}

/**
 * A file, to be kept or to be looked at. Its digest is added where all answers are sent. `name` has no
 * ending; numbers may hold anything, the file name in a header may not.
 */
export function answerFile(
  bytes: Uint8Array,
  {
    name,
    kind,
    isShown = false,
  }: { name: string; kind: FileKind | OwnFileKind; isShown?: boolean },
): Answer {
  return { status: 200, bytes, headers: fileHeaders({ name, kind, isShown }) };
}

/** What is said of a file before its bytes. */
export function fileHeaders({
  name,
  kind,
  isShown = false,
}: {
  name: string;
  kind: FileKind | OwnFileKind;
  isShown?: boolean;
}): Record<string, string> {
  const file = `${name.replaceAll(/[^A-Za-z0-9._-]/g, "_")}.${kind}`;
  return {
    "Content-Type": contentTypeOf(kind),
    "Content-Disposition": `${isShown ? "inline" : "attachment"}; filename="${file}"`,
  };
}

/** What every download says of its bytes (API.md rule 11): RFC 9530, and the older name of the same. */
export function digestHeaders(bytes: Uint8Array): Record<string, string> {
  return headersOfDigest(createHash("sha256").update(bytes).digest());
}

/** The same where the SHA-256 is known already. */
export function headersOfDigest(digest: Buffer): Record<string, string> {
  return {
    "Repr-Digest": `sha-256=:${digest.toString("base64")}:`,
    "x-billabled-export-sha256": digest.toString("hex"),
  };
}

export const bulkJson = z.object({
  data: z.object({
    affected: z.int(),
    not_found: z.array(z.int()).meta({ description: "Ids that are no records of this company." }),
  }),
});

/** A bulk action's answer. Ids of other companies are ids of nothing, and said to be. */
export function bulkAnswer(result: {
  affected: number;
  asked: readonly number[];
  found: readonly number[];
}): Answer {
  const found = new Set(result.found);
  const notFound = result.asked.filter((id) => !found.has(id));
  return { status: 200, body: { data: { affected: result.affected, not_found: notFound } } };
}

/** Money and counts are bigint here and numbers there; all of ours are far below 2^53. */
export function toJson(value: unknown): string {
  try {
    // Several times as fast, and enough for what `presentMinor` has been over; any bigint ends it.
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(value, (_key, part: unknown) =>
      typeof part === "bigint" ? Number(part) : part,
    );
  }
}

/**
 * Names the state of a row. Its whole content counts, not only updated_at: at a test company's
 * standing clock two changes have one instant.
 */
function versionOf(row: { updatedAt: Date }): string {
  const values = Object.values(row).map((value: unknown) => {
    if (value instanceof Date) return value.getTime();
    return typeof value === "bigint" ? value.toString() : value;
  });
  return shortDigest(toJson(values));
}

function shortDigest(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 16);
}

/**
 * `"<state of the row>.<what was shown>"`: If-Match reads the first half, If-None-Match both. Only the
 * second half for what is no row: a list, a sum.
 */
export function etagOf(row: { updatedAt: Date } | undefined, json: string): string {
  const shown = shortDigest(json);
  return row === undefined ? `"${shown}"` : `"${versionOf(row)}.${shown}"`;
}

/** Whether an If-None-Match header names this ETag (weak comparison, RFC 9110 13.1.2). */
export function isNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return true;
  if (header.trim() === "*") return false;
  return !header.split(",").some((part) => part.trim().replace(/^W\//, "") === etag);
}

/**
 * Whether an If-Match header allows changing this row. It may carry an ETag of ours, or the record's
 * updated_at in quotes, for callers who keep only that.
 */
export function isIfMatch(header: string, row: { updatedAt: Date }): boolean {
  if (header.trim() === "*") return true;
  const version = versionOf(row);
  const updatedAt = presentInstant(row.updatedAt);
  return header.split(",").some((part) => {
    const tag = part.trim().replace(/^"(.*)"$/, "$1");
    return tag === updatedAt || tag.split(".")[0] === version;
  });
}

/** A whole number in a query. */
export function wholeNumber(min: number, max: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,15}$/, "Must be a whole number.")
    .transform(Number)
    .refine((value) => value >= min, `Must be at least ${min}.`)
    .refine((value) => value <= max, `Must not be greater than ${max}.`)
    .meta({ type: "integer", minimum: min, maximum: max });
}
