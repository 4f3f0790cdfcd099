import { z } from "zod";

// What we read of Google's answers, not all that they send.

const address = z.url({ protocol: /^https?$/ });

/** `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0, section 3). */
export const Discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: address,
  token_endpoint: address,
  jwks_uri: address,
});
export type Discovery = z.infer<typeof Discovery>;

/** The claims of an ID token, beside those that are checked with its signature. */
export const Claims = z.object({
  sub: z.string().min(1).max(255),
  email: z.email().max(255),
  email_verified: z.boolean(),
  nonce: z.string(),
  azp: z.string().optional(),
  name: z.string().optional(),
  picture: z.string().optional(),
});
