import { createHash, randomUUID } from "node:crypto";
import express, { type Request, type Response } from "express";
import type { Logger } from "pino";
import { deleteUnusedFiles } from "../../actions/delete-unused-files.ts";
import type { UploadedFile } from "../../actions/uploaded-file.ts";
import { announceFile, giveUpFile } from "../../db/files-to-delete.ts";
import { InvalidInput } from "../../errors.ts";
import { kindOfFile, type FileKind } from "../../platform/file-kinds.ts";
import type { ApiServices } from "../context.ts";
import { BodyTooLarge, TooManyRequests, UnsupportedBody } from "../failures.ts";
import { parseMultipart } from "../multipart.ts";
import { runMiddleware } from "./run-middleware.ts";

/** One file in a multipart body, and nothing else beside it. */
export interface UploadRule {
  /** Name of the part that is the file. */
  field: string;
  bytesMax: number;
  /** What it may be, by its content and not by its name. */
  kinds: readonly FileKind[];
  /** Folder of the company's in the storage. */
  folder: string;
}

/** What a multipart body may be longer than its file: boundaries and heads of parts. */
const envelopeBytesMax = 16_384;
/** Uploads of one company at once in one process: each is held in memory. */
const uploadsAtOnceMax = 4;

export interface Uploads {
  /**
   * Reads the file, puts it into the storage, and lets `use` do with it what the route does. A file that
   * no record has claimed by then, for whatever reason, is deleted again; so is one it replaced.
   */
  receive: <Result>(
    call: { request: Request; response: Response; rule: UploadRule; companyId: number },
    use: (file: UploadedFile) => Promise<Result>,
  ) => Promise<Result>;
}

/** The one place where files come in (docs/api.md, "Files"). */
export function createUploads({ sql, storage, log }: ApiServices): Uploads {
  const underWay = new Map<number, number>();

  return {
    async receive({ request, response, rule, companyId }, use) {
      const already = underWay.get(companyId) ?? 0;
      if (already >= uploadsAtOnceMax) {
        const message = `No more than ${uploadsAtOnceMax} uploads at once. Try again in a moment.`;
        throw new TooManyRequests(message, { retryAfterSeconds: 1 });
      }
      underWay.set(companyId, already + 1);
      try {
        const content = await readFile(request, response, rule);
        return await keep(checkContent(content, rule), use);
      } finally {
        const others = (underWay.get(companyId) ?? 1) - 1;
        if (others === 0) underWay.delete(companyId);
        else underWay.set(companyId, others);
      }

      async function keep<Result>(
        file: { content: Buffer; kind: FileKind },
        work: (file: UploadedFile) => Promise<Result>,
      ): Promise<Result> {
        const key = `companies/${companyId}/${rule.folder}/${randomUUID()}.${file.kind}`;
        await announceFile(sql, { companyId, key });
        try {
          await storage.put(key, file.content);
          const digest = createHash("sha256").update(file.content).digest("hex");
          return await work({ ...file, key, digest, field: rule.field });
        } finally {
          await settle(key, log.child({ requestId: response.locals["requestId"] }));
        }
      }

      /** What cannot be deleted now is, by the job that deletes unused files: the answer stands. */
      async function settle(key: string, requestLog: Logger): Promise<void> {
        try {
          await giveUpFile(sql, { companyId, key });
          await deleteUnusedFiles(sql, storage, { companyId });
        } catch (error) {
          requestLog.warn({ err: error }, "unused files were not deleted; they will be later");
        }
      }
    },
  };
}

/** The content of the one file of a request. Throws what is wrong about it, naming the field. */
async function readFile(request: Request, response: Response, rule: UploadRule): Promise<Buffer> {
  const { field, bytesMax } = rule;
  const limit = bytesMax + envelopeBytesMax;
  const read = express.raw({ type: "multipart/form-data", limit, inflate: false });
  try {
    await runMiddleware(read, request, response);
  } catch (error) {
    // body-parser names what went wrong in `type`.
    const isTooLarge =
      error instanceof Error && "type" in error && error.type === "entity.too.large";
    throw isTooLarge ? tooLarge(rule, error) : error;
  }
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body)) {
    throw new UnsupportedBody(`Send the file as multipart/form-data, in the part ${field}.`, {
      field,
    });
  }
  const parts = await parseMultipart(body, request.get("Content-Type") ?? "");
  const unknown = parts.filter(({ name }) => name !== field);
  if (unknown.length > 0) {
    const errors = unknown.map(({ name }) => [
      name.slice(0, 100) || "body",
      ["This field is not known."],
    ]);
    throw new InvalidInput(Object.fromEntries(errors));
  }
  const [part] = parts;
  if (part === undefined) throw new InvalidInput({ [field]: ["This field is required."] });
  if (parts.length > 1) throw new InvalidInput({ [field]: ["Must be one file."] });
  if (part.file === undefined) throw new InvalidInput({ [field]: ["Must be a file."] });
  if (part.file.length > bytesMax) throw tooLarge(rule);
  return part.file;
}

function tooLarge({ field, bytesMax }: UploadRule, cause?: unknown): BodyTooLarge {
  const message = `The file must not be larger than ${bytesMax / 1_048_576} MB.`;
  return new BodyTooLarge(message, { field, cause });
}

function checkContent(
  content: Buffer,
  { field, kinds }: UploadRule,
): { content: Buffer; kind: FileKind } {
  if (content.length === 0) throw new InvalidInput({ [field]: ["The file is empty."] });
  const kind = kindOfFile(content);
  if (kind !== undefined && kinds.includes(kind)) return { content, kind };
  const names = kinds.map((name) => kindNames[name]);
  const allowed = `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  throw new UnsupportedBody(`The file must be ${allowed}, by its content.`, { field });
}

const kindNames: Readonly<Record<FileKind, string>> = {
  jpg: "JPEG",
  png: "PNG",
  gif: "GIF",
  webp: "WebP",
  pdf: "PDF",
};
