import { array, assert, asyncProperty, constantFrom, oneof, string } from "fast-check";
import { expect, test } from "vitest";
import { parseMultipart } from "../../../src/api/multipart.ts";
import { InvalidPayload } from "../../../src/errors.ts";

const type = "multipart/form-data; boundary=XX";

/** A body of these parts, each with its head. */
function bodyOf(...parts: [head: string, content: Buffer | string][]): Buffer {
  return Buffer.concat([
    ...parts.flatMap(([head, content]) => [
      Buffer.from(`--XX\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from("\r\n"),
    ]),
    Buffer.from("--XX--\r\n"),
  ]);
}

const file = 'name="receipt"; filename="a.png"';

test("the parts of a form are told apart: files with their content, values without", async () => {
  const content = Buffer.from([0, 13, 10, 45, 45, 88, 255]);
  const body = bodyOf([file, content], ['name="note"', "hello"], [file, ""], ["filename=x", "y"]);
  expect(await parseMultipart(body, type)).toEqual([
    { name: "receipt", file: content },
    { name: "note", file: undefined },
    { name: "receipt", file: Buffer.alloc(0) },
    { name: "", file: Buffer.from("y") },
  ]);
  expect(await parseMultipart(bodyOf(), type)).toEqual([]);
});

test("a body without a boundary, with another, or with too many parts is malformed", async () => {
  const body = bodyOf([file, "x"]);
  for (const wrong of ["multipart/form-data", "multipart/form-data; boundary=YY"]) {
    await expect(parseMultipart(body, wrong)).rejects.toThrow(InvalidPayload);
  }
  for (const wrong of ["", "x", "--XX", "--XX\r\n", "--XX\r\n\r\n"]) {
    await expect(parseMultipart(Buffer.from(wrong), type)).rejects.toThrow(InvalidPayload);
  }
  const many = bodyOf(...Array.from({ length: 11 }, (): [string, string] => ['name="a"', "b"]));
  await expect(parseMultipart(many, type)).rejects.toThrow(InvalidPayload);
});

test("wherever a body is cut off, it is malformed, and nothing waits for the rest", async () => {
  const body = bodyOf(['name="note"', "hello"], [file, "\r\n--X\r\n--X-"]);
  // Without the line break at its end it is whole.
  for (let length = 0; length < body.length - 2; length += 1) {
    const cut = parseMultipart(body.subarray(0, length), type);
    await expect(cut, `${length} bytes`).rejects.toThrow(InvalidPayload);
  }
});

test("whatever is sent, an answer comes: parts, or that it is malformed", async () => {
  const piece = oneof(
    constantFrom("--XX", "--XX--", "\r\n", "\r\n\r\n", "\n", "--", "Content-Disposition:"),
    constantFrom(` form-data; ${file}`, ' form-data; name="a"', "Content-Type: text/plain"),
    string({ maxLength: 8 }),
  );
  await assert(
    asyncProperty(array(piece, { maxLength: 30 }), async (pieces) => {
      const settled = await parseMultipart(Buffer.from(pieces.join("")), type).then(
        (parts) => parts,
        (error: unknown) => error,
      );
      expect(Array.isArray(settled) || settled instanceof InvalidPayload).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
