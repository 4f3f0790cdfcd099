import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { isSameSecret } from "./tokens.ts";

/** A key of the ring: 32 bytes under a name, `[A-Za-z0-9_-]{1,32}`. */
export interface MasterKey {
  id: string;
  key: Uint8Array;
}

/**
 * Seals secrets for the database, with AES-256-GCM. The first key seals, all of them open, so a key is
 * changed by putting a new one first (`nightledger keys rotate`).
 */
export interface KeyRing {
  /** The keys there are, the sealing one first; empty when nothing can be sealed. */
  readonly ids: readonly string[];
  /**
   * `v1.<key id>.<base64url>`. The place (table, column, company, row) is authenticated with it: moved
   * to another row, the value does not open.
   *
   * @throws NoMasterKey when there is no key
   */
  seal(text: string, place: string): string;
  /**
   * @throws NoMasterKey when the key it was sealed with is not on the ring
   * @throws Error when it was changed, or belongs to another place
   */
  open(sealed: string, place: string): string;
  /**
   * A signature of something we hand out and get back, for the purpose named: `<key id>.<base64url>`.
   *
   * @throws NoMasterKey when there is no key
   */
  sign(text: string, purpose: string): string;
  isSignature(signature: string, text: string, purpose: string): boolean;
}

/** MASTER_KEYS lacks a key that is needed. */
export class NoMasterKey extends Error {
  override name = "NoMasterKey";
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function createKeyRing(keys: readonly MasterKey[]): KeyRing {
  const byId = new Map(keys.map(({ id, key }) => [id, key]));

  function sealingKey(): MasterKey {
    const [first] = keys;
    if (first !== undefined) return first;
    throw new NoMasterKey("MASTER_KEYS is not set: nothing can be sealed.");
  }

  function keyOf(id: string): Uint8Array {
    const key = byId.get(id);
    if (key !== undefined) return key;
    throw new NoMasterKey(`MASTER_KEYS has no key ${JSON.stringify(id)}.`);
  }

  return {
    ids: keys.map(({ id }) => id),

    seal(text, place) {
      const { id, key } = sealingKey();
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(Buffer.from(`${id}\n${place}`));
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      const bytes = Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
      return `v1.${id}.${bytes.toString("base64url")}`;
    },

    open(sealed, place) {
      const [version, id, encoded] = sealed.split(".");
      if (version !== "v1" || id === undefined || encoded === undefined) {
        throw new Error("This is no sealed value of ours.");
      }
      const bytes = Buffer.from(encoded, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", keyOf(id), bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(`${id}\n${place}`));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([opened, decipher.final()]).toString("utf8");
    },

    sign(text, purpose) {
      const { id, key } = sealingKey();
      return `${id}.${macOf(key, text, purpose)}`;
    },

    isSignature(signature, text, purpose) {
      const [id, mac] = signature.split(".");
      const key = id === undefined ? undefined : byId.get(id);
      return key !== undefined && mac !== undefined && isSameSecret(mac, macOf(key, text, purpose));
    },
  };
}

/** Under a key of its own for each purpose, none of which is the sealing key. */
function macOf(key: Uint8Array, text: string, purpose: string): string {
  const own = Buffer.from(hkdfSync("sha256", key, "", `nightledger sign ${purpose}`, 32));
  return createHmac("sha256", own).update(text).digest("base64url");
}
