import { z } from "zod";
import type { ApiTokenRow } from "../../../db/api-tokens.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import { scopeNamed, scopeNames, type Scope } from "../../scopes.ts";

export const apiTokenJson = z
  .object({
    id: z.int(),
    name: z.string(),
    prefix: z.string().meta({ description: "How the token begins, to tell one from another." }),
    company_id: z.int(),
    scopes: z.array(z.string()),
    last_used_at: instantJson.nullable(),
    expires_at: instantJson.nullable(),
    created_at: instantJson,
  })
  .meta({ id: "ApiToken" });

/** A scope by its name or another one it has. */
export const scopeInput = z.enum([...scopeNames]).transform((name): Scope => scopeNamed(name)!);

export function presentApiToken(token: ApiTokenRow): z.input<typeof apiTokenJson> {
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    company_id: token.companyId,
    scopes: token.scopes,
    last_used_at: presentInstant(token.lastUsedAt),
    expires_at: presentInstant(token.expiresAt),
    created_at: presentInstant(token.createdAt),
  };
}
