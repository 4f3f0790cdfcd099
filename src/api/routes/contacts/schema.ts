import { z } from "zod";
import type { ContactRow } from "../../../db/contacts.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import { optionalEmail, optionalText, requiredText } from "../../inputs.ts";

export const contactJson = z
  .object({
    id: z.int(),
    name: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    is_primary: z.boolean(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Contact" });

export function presentContact(contact: ContactRow): z.input<typeof contactJson> {
  return {
    id: contact.id,
    name: contact.name,
    email: contact.email,
    phone: contact.phone,
    is_primary: contact.isPrimary,
    created_at: presentInstant(contact.createdAt),
    updated_at: presentInstant(contact.updatedAt),
  };
}

export const contactBody = z.strictObject({
  name: requiredText(255).optional(),
  email: optionalEmail,
  phone: optionalText(50),
  is_primary: z.boolean().optional(),
});
