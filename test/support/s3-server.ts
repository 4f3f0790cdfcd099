import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";

/** What goes wrong with the next requests. */
export interface S3Fault {
  /** How many times it happens. Default: every time. */
  times?: number;
  /** Answered instead of doing anything; `hang up` cuts the connection after the request was read. */
  answer: { status: number; code: string } | "hang up" | "silence";
}

export interface TestS3Server {
  /** What S3 settings name it. */
  options: {
    endpoint: string;
    region: string;
    bucket: string;
    accessKeyId: string;
    secretAccessKey: string;
  };
  objects: ReadonlyMap<string, Buffer>;
  /** e.g. "PUT companies/7/a.pdf", in the order of arrival, refused ones too. */
  requests: readonly string[];
  fail: (fault: S3Fault) => void;
  close: () => Promise<void>;
}

/** A refusal as S3 puts it. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/**
 * A small S3 on a free port of this machine: one bucket, addressed by path, which does nothing for whom
 * it cannot tell by the signature of the request (AWS Signature Version 4).
 */
export async function startS3Server(): Promise<TestS3Server> {
  const account = {
    region: "eu-test-1",
    bucket: "night.files",
    accessKeyId: "TESTKEY",
    secretAccessKey: "se/cr+et=",
  };
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];
  const faults: Required<S3Fault>[] = [];

  const handle = (request: IncomingMessage, body: Buffer): Buffer | undefined => {
    checkSignature(request, body, account);
    const [, bucket, ...parts] = (request.url ?? "").split("/");
    if (bucket !== account.bucket) throw new Refusal(404, "NoSuchBucket");
    const key = decodeURIComponent(parts.join("/"));
    switch (String(request.method)) {
      case "PUT":
        objects.set(key, body);
        return undefined;
      case "DELETE":
        objects.delete(key);
        return undefined;
      case "GET": {
        const object = objects.get(key);
        if (object === undefined) throw new Refusal(404, "NoSuchKey");
        return object;
      }
      default:
        throw new Refusal(405, "MethodNotAllowed");
    }
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests.push(`${request.method} ${request.url?.split("/").slice(2).join("/")}`);
      const fault = faults.find(({ times }) => times > 0);
      if (fault !== undefined) fault.times -= 1;
      const answer = fault?.answer;
      if (answer === "silence") return;
      if (answer === "hang up") {
        request.socket.destroy();
        return;
      }
      try {
        if (answer !== undefined) throw new Refusal(answer.status, answer.code);
        const content = handle(request, Buffer.concat(chunks));
        response.writeHead(content === undefined && request.method === "DELETE" ? 204 : 200);
        response.end(content);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        response.writeHead(error.status, {
          "content-type": "application/xml",
          "x-amz-request-id": "TESTREQUEST",
        });
        response.end(`<?xml version="1.0"?><Error><Code>${error.code}</Code></Error>`);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    options: { endpoint: `http://127.0.0.1:${address.port}`, ...account },
    objects,
    requests,
    fail: ({ times = Number.POSITIVE_INFINITY, answer }) => void faults.push({ times, answer }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** As the documentation of AWS Signature Version 4 has it, from the raw request. */
function checkSignature(
  request: IncomingMessage,
  body: Buffer,
  account: { region: string; accessKeyId: string; secretAccessKey: string },
): void {
  const header = (name: string) => String(request.headers[name] ?? "");
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      header("authorization"),
    );
  if (given === null) throw new Refusal(403, "AccessDenied");
  const [, keyId = "", day = "", region = "", signed = "", signature = ""] = given;
  if (keyId !== account.accessKeyId) throw new Refusal(403, "InvalidAccessKeyId");
  if (region !== account.region) throw new Refusal(400, "AuthorizationHeaderMalformed");
  const instant = header("x-amz-date");
  const [, year, month, date, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(instant) ?? [];
  const sentAt = Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}Z`);
  if (!(Math.abs(Date.now() - sentAt) < 900_000) || !instant.startsWith(day)) {
    throw new Refusal(403, "RequestTimeTooSkewed");
  }
  const names = signed.split(";");
  for (const needed of ["host", "x-amz-content-sha256", "x-amz-date"]) {
    if (!names.includes(needed)) throw new Refusal(403, "AccessDenied");
  }
  const digest = sha256(body);
  if (header("x-amz-content-sha256") !== digest)
    throw new Refusal(400, "XAmzContentSHA256Mismatch");

  const canonical = [
    request.method,
    request.url,
    "",
    ...names.map((name) => `${name}:${header(name).trim()}`),
    "",
    signed,
    digest,
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", instant, scope, sha256(Buffer.from(canonical))].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<Buffer>(
    (previous, part) => createHmac("sha256", previous).update(part).digest(),
    Buffer.from(`AWS4${account.secretAccessKey}`),
  );
  const expected = createHmac("sha256", key).update(text).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, "hex"))) {
    throw new Refusal(403, "SignatureDoesNotMatch");
  }
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
