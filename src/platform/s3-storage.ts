import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";
import { NotFound, ProviderRejected, ProviderUnavailable } from "../errors.ts";
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

  async function call(method: "PUT" | "GET" | "DELETE", key: string, content?: Uint8Array) {
    const url = `${endpoint}/${encodeURIComponent(bucket)}/${checkStorageKey(key)}`;
    const body = content ?? new Uint8Array();
    const digest = createHash("sha256").update(body).digest("hex");
    let response: Response;
    let answer: Buffer;
    try {
      response = await client.fetch(url, {
        method,
        headers: { "x-amz-content-sha256": digest },
        ...(content === undefined ? {} : { body: Buffer.from(content) }),
        // Elsewhere the signature would not hold: a redirection is a wrong region or endpoint.
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      answer = Buffer.from(await response.arrayBuffer());
    } catch (error) {
      throw new ProviderUnavailable("The file storage is out of reach.", { cause: error });
    }
    if (!response.ok) throw failureOf(response, answer.toString("utf8", 0, 4_096));
    return answer;
  }

  return {
    put: async (key, content) => {
      await call("PUT", key, content);
    },
    get: async (key) => await call("GET", key),
    delete: async (key) => {
      try {
        await call("DELETE", key);
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
      }
    },
  };
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
