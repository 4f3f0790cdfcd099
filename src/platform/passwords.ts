import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from "node:crypto";

/** What deriving a key costs, by scrypt's names. */
export interface PasswordCost {
  /** Work and memory, as a power of two. */
  ln: number;
  /** Block size. */
  r: number;
  /** Repetitions. */
  p: number;
}

/** 32 MiB and about a fifth of a second; as strong as OWASP's first choice, with a quarter of its memory. */
export const PASSWORD_COST: PasswordCost = { ln: 15, r: 8, p: 3 };
const KEY_BYTES = 32;

/** `$scrypt$ln=15,r=8,p=3$salt$key`: a later change of cost leaves old passwords valid. */
export async function hashPassword(
  password: string,
  cost: PasswordCost = PASSWORD_COST,
): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return format(cost, salt, key);
}

/**
 * Whether the password is the one behind `stored`. Without a stored one (no such user) it takes as
 * long as at the cost of today and is false, so that the time tells nobody who has an account. Throws
 * an Error when `stored` was not made by `hashPassword`.
 */
export async function verifyPassword(
  password: string,
  stored: string | null | undefined,
  today: PasswordCost = PASSWORD_COST,
): Promise<boolean> {
  const { cost, salt, key } =
    typeof stored === "string"
      ? parse(stored)
      : { cost: today, salt: Buffer.alloc(16), key: undefined };
  const derived = await derive(password, salt, cost);
  return key !== undefined && key.length === derived.length && timingSafeEqual(key, derived);
}

/** Whether it was made at another cost than today's and should be replaced at the next sign-in. */
export function needsRehash(stored: string, today: PasswordCost = PASSWORD_COST): boolean {
  const { cost } = parse(stored);
  return cost.ln !== today.ln || cost.r !== today.r || cost.p !== today.p;
}

function format({ ln, r, p }: PasswordCost, salt: Buffer, key: Buffer): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

function parse(stored: string): { cost: PasswordCost; salt: Buffer; key: Buffer } {
  const found = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored);
  if (found === null) throw new Error("The stored password hash is not of a form we know.");
  const [, ln, r, p, salt = "", key = ""] = found;
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, "base64url"),
    key: Buffer.from(key, "base64url"),
  };
}

async function derive(password: string, salt: Buffer, { ln, r, p }: PasswordCost): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r };
  // The same characters may be typed as different code points on different machines.
  const text = password.normalize("NFKC");
  return await new Promise((resolve, reject) => {
    scrypt(text, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
