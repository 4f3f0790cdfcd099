import { randomBytes } from "node:crypto";

/**
 * Makes UUIDs of version 7 (RFC 9562): 48 bits of Unix milliseconds, a 12-bit counter, 62 random bits.
 * From one source they only ever grow, also within a millisecond and when the clock steps back.
 */
export function createUuidV7Source(nowMs: () => number): () => string {
  let lastMs = 0;
  let counter = 0;
  return () => {
    const now = nowMs();
    const random = randomBytes(10);
    if (now > lastMs) {
      lastMs = now;
      // Half of the range is left to count up in.
      counter = random.readUInt16BE(8) & 0x7ff;
    } else if (counter < 0xfff) {
      counter += 1;
    } else {
      lastMs += 1;
      counter = 0;
    }
    const bytes = Buffer.alloc(16);
    bytes.writeUIntBE(lastMs, 0, 6);
    bytes.writeUInt16BE(0x7000 | counter, 6);
    random.copy(bytes, 8, 0, 8);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
    const hex = bytes.toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}

/** The id of a new run, by the machine's clock. */
export const uuidV7 = createUuidV7Source(Date.now);

/** When a UUID of version 7 was made, to the millisecond. Throws a TypeError for anything else. */
export function timestampOf(uuid: string): Date {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(uuid)) {
    throw new TypeError(`${JSON.stringify(uuid)} is not a UUID of version 7.`);
  }
  return new Date(Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16));
}
