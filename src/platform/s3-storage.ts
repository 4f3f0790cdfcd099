import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AwsClient } from "aws4fetch";
import { Failure, NotFound, ProviderRejected, ProviderUnavailable } from "../errors.ts";
import { checkStorageKey, type FileStorage } from "./storage.ts";

export interface S3Options {
  /** e.g. "https://s3.eu-central-1.amazonaws.com", without a slash at the end. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** How long one call may take, its repetitions included, in milliseconds. */
  timeoutMs?: number;
}

/** The digest of no content. */
const NOTHING = sha256Of(Buffer.alloc(0));
/** A megabyte a second: a file that takes longer than that is not arriving. */
const SLOWEST_BYTES_PER_MS = 1_000;

/** What a busy server says, which means nothing but: again, soon. */
const BUSY_CODES: ReadonlySet<string> = new Set(["SlowDown", "RequestTimeout", "OperationAborted"]);

/**
 * Keeps files in a bucket of a server that speaks S3, addressed by path (`endpoint/bucket/key`), as all
 * of them understand. Content goes with its own SHA-256 in the signature, so that what arrives is what
 * was sent. Throws `ProviderUnavailable` when the server is away or busy, `ProviderRejected` when it
 * says no, `InvalidPayload` for a key that is none.
 */
export function createS3Storage({
  endpoint,
  region,
  bucket,
  accessKeyId,
  secretAccessKey,
  timeoutMs = 10_000,
}: S3Options): FileStorage {
  // Every call may be repeated: a key names one content.
  const client = new AwsClient({
    service: "s3",
    region,
    accessKeyId,
    secretAccessKey,
    retries: 2,
    initRetryMs: 100,
  });

  async function request(
    method: "PUT" | "GET" | "DELETE",
    key: string,
    { body, digest, signal }: { body?: Blob | Buffer; digest: string; signal: AbortSignal },
  ): Promise<Response> {
    const url = `${endpoint}/${encodeURIComponent(bucket)}/${checkStorageKey(key)}`;
    return await client.fetch(url, {
      method,
      headers: { "x-amz-content-sha256": digest },
      ...(body === undefined ? {} : { body }),
      // Elsewhere the signature would not hold: a redirection is a wrong region or endpoint.
      redirect: "manual",
      signal,
    });
  }

  async function call(
    method: "PUT" | "GET" | "DELETE",
    key: string,
    given: { body?: Blob | Buffer; digest: string; timeoutMs: number } = {
      digest: NOTHING,
      timeoutMs,
    },
  ): Promise<Buffer> {
    const signal = AbortSignal.timeout(given.timeoutMs);
    let response: Response;
    let answer: Buffer;
    try {
      response = await request(method, key, { ...given, signal });
      answer = Buffer.from(await response.arrayBuffer());
    } catch (error) {
      throw asFailure(error);
    }
    if (!response.ok) throw failureOf(response, answer.toString("utf8", 0, 4_096));
    return answer;
  }

  return {
    put: async (key, content) => {
      const body = Buffer.from(content);
      await call("PUT", key, { body, digest: sha256Of(body), timeoutMs });
    },
    putFile: async (key, path) => {
      const digest = createHash("sha256");
      await pipeline(createReadStream(path), digest);
      const body = await openAsBlob(path);
      const longer = timeoutMs + body.size / SLOWEST_BYTES_PER_MS;
      await call("PUT", key, { body, digest: digest.digest("hex"), timeoutMs: longer });
    },
    get: async (key) => await call("GET", key),
    open: async (key) => {
      const gone = new AbortController();
      // How long the rest takes is up to the reader.
      const timer = setTimeout(() => gone.abort(), timeoutMs);
      try {
        const response = await request("GET", key, { digest: NOTHING, signal: gone.signal });
        if (!response.ok) {
          const text = Buffer.from(await response.arrayBuffer()).toString("utf8", 0, 4_096);
          throw failureOf(response, text);
        }
        return response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
      } catch (error) {
        throw asFailure(error);
      } finally {
        clearTimeout(timer);
      }
    },
    delete: async (key) => {
      try {
        await call("DELETE", key);
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
      }
    },
  };
}

function sha256Of(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** What is no failure of ours is the network's. */
function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new ProviderUnavailable("The file storage is out of reach.", { cause: error });
}

/** S3 answers `<Error><Code>NoSuchKey</Code>…`. */
function failureOf({ status, headers }: Response, text: string): Error {
  const code = /<Code>(\w{1,100})<\/Code>/.exec(text)?.[1];
  if (status === 404 && code === "NoSuchKey") return new NotFound("File");
  const said = code === undefined ? String(status) : `${status} ${code}`;
  if (status >= 500 || status === 429 || BUSY_CODES.has(code ?? "")) {
    return new ProviderUnavailable(`The file storage is busy or broken (${said}).`);
  }
  const requestId = headers.get("x-amz-request-id");
  return new ProviderRejected(`The file storage refused (${said}).`, {
    ...(code === undefined ? {} : { providerCode: code }),
    ...(requestId === null ? {} : { providerRequestId: requestId }),
  });
}
