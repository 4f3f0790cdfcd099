import { createHash, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";

/** Whose signature a token has: Google's, somebody else's under Google's name, or none at all. */
export type Signature = "own" | "foreign" | "none";

interface KeyPair {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

let pairs: Record<"own" | "foreign", KeyPair> | undefined;

/** Made when somebody signs in first: it takes a moment. */
function keys(): Record<"own" | "foreign", KeyPair> {
  pairs ??= { own: makePair(), foreign: makePair() };
  return pairs;
}

function makePair(): KeyPair {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const der = pair.publicKey.export({ type: "spki", format: "der" });
  return { ...pair, kid: createHash("sha256").update(der).digest("hex").slice(0, 40) };
}

/** The keys that ID tokens are checked with (RFC 7517). */
export function certs(): object {
  const { publicKey, kid } = keys().own;
  return { keys: [{ ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" }] };
}

/** A JSON Web Token (RFC 7519). */
export function signToken(claims: object, signature: Signature): string {
  if (signature === "none") return `${encode({ alg: "none" })}.${encode(claims)}.`;
  const { own, foreign } = keys();
  const header = { alg: "RS256", kid: own.kid, typ: "JWT" };
  const signed = `${encode(header)}.${encode(claims)}`;
  const { privateKey } = signature === "own" ? own : foreign;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
