import { z } from "zod";
import type { UserRow } from "../../../db/users.ts";
import { instantJson, presentInstant } from "../../answers.ts";

/** Long enough for a passphrase, short enough not to keep us hashing. */
export const password = z
  .string()
  .max(200)
  .refine((text) => !text.includes("\0"), "Contains characters that are not allowed.");

/** A secret of ours that a mail carried, in a body or an address. */
export const secretText = z.string().min(1).max(200);

/** What sign-up and sign-in answer: the base contract's data, and the token beside it. */
export const signedInJson = z.object({
  data: z.object({ id: z.int(), name: z.string(), email: z.string() }),
  token: z.string(),
});

export const userJson = z
  .object({
    id: z.int(),
    name: z.string(),
    email: z.string(),
    avatar_url: z.string().nullable(),
    current_company_id: z.int().nullable(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "User" });

export function presentUser(user: UserRow): z.input<typeof userJson> {
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    avatar_url: user.avatarUrl,
    current_company_id: user.currentCompanyId,
    created_at: presentInstant(user.createdAt),
    updated_at: presentInstant(user.updatedAt),
  };
}
