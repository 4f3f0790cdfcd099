import { z } from "zod";
import type { ClientFields, ClientRow } from "../../../db/clients.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import {
  country,
  currency,
  optionalEmail,
  optionalText,
  requiredText,
  unsetOrWhole,
} from "../../inputs.ts";
import { tagsInBody, tagsJson } from "../tags/tags-of-records.ts";

const text = z.string().nullable();

export const clientJson = z
  .object({
    id: z.int(),
    uuid: z.uuid(),
    name: z.string(),
    email: text,
    phone: text,
    address_line_1: text,
    address_line_2: text,
    city: text,
    state: text,
    postal_code: text,
    country: text,
    currency: z.string(),
    payment_terms: z
      .int()
      .nullable()
      .meta({ description: "Days; null follows the company's default." }),
    allow_late_fees: z.boolean(),
    notes: text,
    is_archived: z.boolean(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Client" });

export const taggedClientJson = clientJson.extend({ tags: tagsJson });

export function presentClient(client: ClientRow): z.input<typeof clientJson> {
  return {
    id: client.id,
    uuid: client.uuid,
    name: client.name,
    email: client.email,
    phone: client.phone,
    address_line_1: client.addressLine1,
    address_line_2: client.addressLine2,
    city: client.city,
    state: client.state,
    postal_code: client.postalCode,
    country: client.country,
    currency: client.currency,
    payment_terms: client.paymentTerms,
    allow_late_fees: client.allowLateFees,
    notes: client.notes,
    is_archived: client.isArchived,
    created_at: presentInstant(client.createdAt),
    updated_at: presentInstant(client.updatedAt),
  };
}

/** What may be said about a client; a new one needs a name. */
export const clientBody = z.strictObject({
  name: requiredText(255).optional(),
  email: optionalEmail,
  phone: optionalText(50),
  address_line_1: optionalText(255),
  address_line_2: optionalText(255),
  city: optionalText(255),
  state: optionalText(255),
  postal_code: optionalText(20),
  country: country.nullable().optional(),
  currency: currency.optional(),
  payment_terms: unsetOrWhole(0, 365),
  allow_late_fees: z.boolean().optional(),
  notes: optionalText(5000),
  is_archived: z.boolean().optional(),
  tags: tagsInBody.optional(),
});

/** What a request gives, in the names of the row. */
export function clientFields(body: z.output<typeof clientBody>): {
  [K in keyof ClientFields]: ClientFields[K] | undefined;
} {
  return {
    name: body.name,
    email: body.email,
    phone: body.phone,
    addressLine1: body.address_line_1,
    addressLine2: body.address_line_2,
    city: body.city,
    state: body.state,
    postalCode: body.postal_code,
    country: body.country,
    currency: body.currency,
    paymentTerms: body.payment_terms,
    allowLateFees: body.allow_late_fees,
    notes: body.notes,
    isArchived: body.is_archived,
  };
}
