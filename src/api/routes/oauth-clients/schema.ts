import { randomBytes } from "node:crypto";
import { z } from "zod";
import { lockOwnOAuthClient, type OAuthClientRow } from "../../../db/oauth-clients.ts";
import type { Tx } from "../../../db/client.ts";
import { InvalidInput, NotFound } from "../../../errors.ts";
import { instantJson, presentInstant, type Answer } from "../../answers.ts";
import { requiredText } from "../../inputs.ts";
import { problemOfRedirectUri } from "../../oauth/redirect-uris.ts";
import { findHalfScope, scopes, type Scope } from "../../scopes.ts";

const REDIRECT_URIS_MAX = 20;

/** What turns text round, hides in it, looks like a space or breaks its line; joiners are letters' own in some scripts. */
const MISLEADING =
  /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/u;

const readableName = requiredText(100)
  .refine((name) => !MISLEADING.test(name), {
    error: "Contains characters that are not allowed.",
  })
  .refine((name) => /[^\p{M}\p{Default_Ignorable_Code_Point}\s]/u.test(name), {
    error: "Must be something that people can read.",
  });

export const clientFields = z.strictObject({
  name: readableName.meta({ description: "What people read when the app asks them." }),
  website: requiredText(500).nullable().optional().meta({ description: "An https address." }),
  redirect_uris: z.array(requiredText(2_000)).min(1).max(REDIRECT_URIS_MAX).meta({
    description: "Compared character for character, but for the port of 127.0.0.1 and [::1].",
  }),
  scopes: z
    .array(z.enum(scopes))
    .min(1)
    .max(scopes.length)
    .meta({ description: "The most that the app may ask a person for." }),
});

export const clientJson = z
  .object({
    id: z.int(),
    client_id: z.string().meta({ description: "What the app calls itself in OAuth." }),
    type: z.enum(["public", "confidential"]),
    name: z.string(),
    website: z.string().nullable(),
    redirect_uris: z.array(z.string()),
    scopes: z.array(z.string()),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "OAuthClient" });

/** What only creating and rotating show; null for a public client. */
export const clientWithSecretJson = clientJson.extend({
  client_secret: z.string().nullable().meta({ description: "Shown this once." }),
});

export function presentClient(row: OAuthClientRow): z.input<typeof clientJson> {
  return {
    id: row.id,
    client_id: row.identifier,
    type: row.secretHash === null ? "public" : "confidential",
    name: row.name,
    website: row.website,
    redirect_uris: row.redirectUris,
    scopes: row.scopes,
    created_at: presentInstant(row.createdAt),
    updated_at: presentInstant(row.updatedAt),
  };
}

export function answerClient(row: OAuthClientRow): Answer {
  return { status: 200, body: { data: presentClient(row) }, version: row };
}

/** @throws NotFound when the company looks after no such app */
export async function getLockedClient(
  tx: Tx,
  key: { companyId: number; id: number },
): Promise<OAuthClientRow> {
  const client = await lockOwnOAuthClient(tx, key);
  if (client === undefined) throw new NotFound("App");
  return client;
}

/** A new client_id: no secret, but hard to mistype into another. */
export function createIdentifier(): string {
  return `app_${randomBytes(16).toString("base64url")}`;
}

/**
 * What an app is to be registered as.
 *
 * @throws InvalidInput naming what cannot be
 */
export function checkClient(
  fields: {
    name: string;
    website: string | null;
    redirectUris: readonly string[];
    scopes: readonly string[];
  },
  { isPublic }: { isPublic: boolean },
): { name: string; website: string | null; redirectUris: string[]; scopes: Scope[] } {
  const errors: Record<string, string[]> = {};
  fields.redirectUris.forEach((uri, position) => {
    const problem = problemOfRedirectUri(uri, { isPublic });
    if (problem !== undefined) errors[`redirect_uris.${position}`] = [problem];
  });
  const { website } = fields;
  if (website !== null && !(URL.canParse(website) && new URL(website).protocol === "https:")) {
    errors["website"] = ["Must be an https address."];
  }
  const wanted = scopes.filter((scope) => fields.scopes.includes(scope));
  const half = findHalfScope(wanted);
  if (half !== undefined) errors["scopes"] = [`${half.scope} needs ${half.missing} too.`];
  if (Object.keys(errors).length > 0) throw new InvalidInput(errors);
  return {
    name: fields.name,
    website,
    redirectUris: [...new Set(fields.redirectUris)],
    scopes: wanted,
  };
}
