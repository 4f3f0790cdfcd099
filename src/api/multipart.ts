import { Busboy } from "@fastify/busboy";
import { InvalidPayload } from "../errors.ts";

/** One part of a multipart body. */
export interface FormPart {
  name: string;
  /** Undefined for a part that is a plain value and no file. */
  file: Buffer | undefined;
}

/** More parts, or longer heads of them, than any form of ours has. */
const limits = {
  parts: 10,
  fieldSize: 1_000,
  headerPairs: 20,
  headerSize: 8_000,
};

/**
 * Takes a multipart body apart that has been read as a whole. What the sender calls a file (its name, its
 * type) is of no interest and left out. Throws `InvalidPayload` for a body that is not well-formed.
 */
export async function parseMultipart(body: Buffer, contentType: string): Promise<FormPart[]> {
  const parts: FormPart[] = [];
  await new Promise<void>((resolve, reject) => {
    const fail = (message: string) => (cause?: unknown) => {
      reject(new InvalidPayload(message, { cause, code: "malformed_multipart" }));
    };
    const isCutOff = fail("The multipart body is malformed or cut off.");
    let parser: InstanceType<typeof Busboy>;
    try {
      parser = new Busboy({ headers: { "content-type": contentType }, limits });
    } catch (error) {
      fail("The multipart body names no boundary.")(error);
      return;
    }
    parser.on("file", (name, stream) => {
      const part: FormPart = { name: name ?? "", file: undefined };
      const chunks: Buffer[] = [];
      parts.push(part);
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", isCutOff);
      stream.on("end", () => (part.file = Buffer.concat(chunks)));
    });
    parser.on("field", (name) => parts.push({ name: name ?? "", file: undefined }));
    parser.on("partsLimit", fail(`The multipart body has more than ${limits.parts} parts.`));
    parser.on("error", isCutOff);
    parser.on("finish", () => resolve());
    parser.end(body);
  });
  return parts;
}
