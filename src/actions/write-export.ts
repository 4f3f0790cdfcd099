import { createHash } from "node:crypto";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Sql, Tx } from "../db/client.ts";
import type { ExportFilter } from "../db/export-columns.ts";
import {
  columnsOf,
  exportResources,
  filtersUnknownTo,
  openExport,
  readExportRows,
  type ExportFormat,
  type ExportResource,
} from "../db/export-rows.ts";

export interface ExportRequest {
  filter: ExportFilter;
  format: ExportFormat;
  /** Null: every resource that the filter can be asked of. */
  resource: ExportResource | null;
}

/** What was written, and its digest in hex. */
export interface WrittenExport {
  bytes: number;
  rows: number;
  sha256: string;
}

export interface ExportWriting {
  /** Gets the bytes in their order, which are overwritten by the next once it is done with them. */
  write: (bytes: Buffer) => Promise<void>;
  signal: AbortSignal;
  onProgress?: (progress: { resource: ExportResource; rows: number }) => void;
}

/** Of `,"sha256":"…"}` and a line feed, which end an export as JSON; the digest is that of all before them. */
export const EXPORT_SEAL_BYTES = 78;

/** Bytes that are written at a time, and as many that wait meanwhile. */
const PIECE_BYTES = 131_072;
const LINE_FEED = Buffer.from("\n");
const CRLF = Buffer.from("\r\n");
const COMMA = Buffer.from(",\n");

/** The resources a request is about, in the order they are written. */
export function resourcesOf({ filter, resource }: ExportRequest): readonly ExportResource[] {
  if (resource !== null) return [resource];
  // What belongs to no day is whole, whatever days are asked for.
  const { projectId, clientId } = filter;
  return exportResources.filter(
    (each) => filtersUnknownTo(each, { projectId, clientId, from: null, to: null }).length === 0,
  );
}

/**
 * Writes a company's records as they stand at one instant, row by row in constant memory: the same records
 * give the same bytes, whoever writes them and when. CSV is that of RFC 4180, with a header; of more than
 * one resource, its first column names it and the others are those of all. JSON has each row on a line of
 * its own, and at the end the digests of its resources and of all before (docs/exports.md). Throws what
 * `write` throws, and the signal's reason.
 */
export async function writeExport(
  sql: Sql,
  request: ExportRequest,
  writing: ExportWriting,
): Promise<WrittenExport> {
  const digest = createHash("sha256");
  let bytes = 0;
  const out = async (chunk: Buffer): Promise<void> => {
    digest.update(chunk);
    bytes += chunk.length;
    await writing.write(chunk);
  };
  const rows = await sql.begin("isolation level repeatable read read only", async (tx) => {
    await openExport(tx, request.filter);
    return request.format === "csv"
      ? await writeCsv(tx, request, { ...writing, write: out })
      : await writeJson(tx, request, {
          ...writing,
          write: out,
          digestSoFar: () => digest.copy().digest("hex"),
        });
  });
  return { bytes, rows, sha256: digest.digest("hex") };
}

async function writeCsv(tx: Tx, request: ExportRequest, writing: ExportWriting): Promise<number> {
  const columns =
    request.resource === null ? ["resource", ...columnsOf(null)] : columnsOf(request.resource);
  await writing.write(Buffer.from(`${columns.join(",")}\r\n`));
  let rows = 0;
  for (const resource of resourcesOf(request)) {
    rows += await writeRows(tx, { request, resource, columns }, writing, (line, piece) => {
      piece.add(line, line.length - 1);
      piece.add(CRLF);
    });
  }
  return rows;
}

async function writeJson(
  tx: Tx,
  request: ExportRequest,
  writing: ExportWriting & { digestSoFar: () => string },
): Promise<number> {
  const { companyId, projectId, clientId, from, to } = request.filter;
  const filters = { project_id: projectId, client_id: clientId, from, to };
  const head = { format: "nightledger-export/2", company_id: companyId, filters };
  await writing.write(Buffer.from(`${JSON.stringify(head).slice(0, -1)},"resources":{\n`));
  const digests: Record<string, { rows: number; sha256: string }> = {};
  let sum = 0;
  for (const resource of resourcesOf(request)) {
    const isFirst = Object.keys(digests).length === 0;
    await writing.write(Buffer.from(`${isFirst ? "" : ",\n"}"${resource}":[`));
    const digest = createHash("sha256");
    let before = LINE_FEED;
    const digested = createPiece();
    const rows = await writeRows(
      tx,
      { request, resource, columns: null },
      writing,
      (line, piece) => {
        piece.add(before);
        piece.add(line, line.length - 1);
        before = COMMA;
        digested.add(line);
        if (digested.isFull()) digest.update(digested.take());
      },
    );
    digest.update(digested.take());
    await writing.write(Buffer.from("\n]"));
    digests[resource] = { rows, sha256: digest.digest("hex") };
    sum += rows;
  }
  await writing.write(Buffer.from(`\n},"digests":${JSON.stringify(digests)}`));
  await writing.write(Buffer.from(`,"sha256":"${writing.digestSoFar()}"}\n`));
  return sum;
}

/**
 * Copies the rows of one resource. Once it is no use, because it was stopped or they cannot be written, the
 * rest is read and dropped: a connection whose rows nobody takes would never be free again.
 */
async function writeRows(
  tx: Tx,
  {
    request,
    resource,
    columns,
  }: { request: ExportRequest; resource: ExportResource; columns: readonly string[] | null },
  { write, signal, onProgress }: ExportWriting,
  encode: (line: Buffer, piece: Piece) => void,
): Promise<number> {
  signal.throwIfAborted();
  const piece = createPiece();
  let rows = 0;
  let failure: { error: unknown } | undefined;
  const flush = async (callback: () => void): Promise<void> => {
    try {
      if (failure === undefined) {
        signal.throwIfAborted();
        await write(piece.take());
        onProgress?.({ resource, rows });
      }
    } catch (error) {
      failure = { error };
    }
    callback();
  };
  await pipeline(
    await readExportRows(tx, request.filter, { resource, columns }),
    new Writable({
      highWaterMark: PIECE_BYTES,
      write(line: Buffer, _encoding, callback) {
        if (failure === undefined) {
          encode(line, piece);
          rows += 1;
        }
        if (piece.isFull()) void flush(callback);
        else callback();
      },
      final: (callback) => void flush(callback),
    }),
  );
  if (failure !== undefined) throw failure.error;
  return rows;
}

/** Bytes that are gathered in a buffer, which is used again: a million rows make no million buffers of ours. */
interface Piece {
  isFull: () => boolean;
  /** Its first `length` bytes, which are all of it by default. */
  add: (bytes: Buffer, length?: number) => void;
  /** All that was added. Good until the next is. */
  take: () => Buffer;
}

function createPiece(): Piece {
  let buffer = Buffer.allocUnsafe(2 * PIECE_BYTES);
  let used = 0;
  return {
    isFull: () => used >= PIECE_BYTES,
    add(bytes, length = bytes.length) {
      if (used + length > buffer.length) {
        const larger = Buffer.allocUnsafe(2 * (used + length));
        buffer.copy(larger, 0, 0, used);
        buffer = larger;
      }
      bytes.copy(buffer, used, 0, length);
      used += length;
    },
    take() {
      const taken = buffer.subarray(0, used);
      used = 0;
      return taken;
    },
  };
}
