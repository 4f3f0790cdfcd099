import { z } from "zod";
import type { IncomingClient } from "../../actions/bring-in-client.ts";
import type { Incoming } from "../../actions/bring-in-records.ts";
import { isCurrency } from "../../billing/money.ts";
import type { FbClient } from "../../connectors/freshbooks/schemas.ts";
import { findCountry } from "../../platform/countries.ts";
import { limited, orNull } from "./texts.ts";

const NAME_MAX = 255;

/** A client over there: an organisation or a person. Who is deleted there is archived here. */
export function mapClient(
  client: FbClient,
  { currency }: { currency: string },
): Incoming<IncomingClient> {
  const person = `${client.fname} ${client.lname}`.trim();
  const name = client.organization.trim() || person || client.email.trim() || `Client ${client.id}`;
  const country = findCountry(client.p_country);
  const isKnownCountry = client.p_country.trim() === "" || country !== undefined;
  const email = emailOf(client.email);
  const main = {
    name: limited(person || name, NAME_MAX),
    email,
    phone: orNull(client.bus_phone || client.mob_phone || client.home_phone, 50),
    isPrimary: true,
  };
  const others = client.contacts.flatMap((contact) => {
    const named = `${contact.fname} ${contact.lname}`.trim() || contact.email.trim();
    if (named === "") return [];
    return [
      {
        name: limited(named, NAME_MAX),
        email: emailOf(contact.email),
        phone: orNull(contact.phone1 || contact.phone2, 50),
        isPrimary: false,
      },
    ];
  });
  return {
    externalId: client.id,
    fields: {
      name: limited(name, NAME_MAX),
      email,
      phone: main.phone,
      addressLine1: orNull(client.p_street, 255),
      addressLine2: orNull(client.p_street2, 255),
      city: orNull(client.p_city, 255),
      state: orNull(client.p_province, 255),
      postalCode: orNull(client.p_code, 20),
      country: country ?? null,
      currency: isCurrency(client.currency_code) ? client.currency_code : currency,
      allowLateFees: client.allow_late_fees,
      notes: orNull(client.note, 5_000),
      isArchived: client.vis_state !== 0,
      contacts: person === "" && others.length === 0 ? [] : [main, ...others],
    },
    ...adjustmentOf({
      country: isKnownCountry ? "" : client.p_country,
      email: email === null ? client.email : "",
    }),
  };
}

function emailOf(text: string): string | null {
  const parsed = z.email().max(NAME_MAX).safeParse(text.trim());
  return parsed.success ? parsed.data : null;
}

/** What of a client cannot be kept, in the report of the import. */
function adjustmentOf(
  leftOut: Readonly<Record<string, string>>,
): Pick<Incoming<IncomingClient>, "adjusted"> {
  const details = Object.fromEntries(
    Object.entries(leftOut).flatMap(([name, text]) =>
      text.trim() === "" ? [] : [[name, limited(text, 100)]],
    ),
  );
  const names = Object.keys(details);
  if (names.length === 0) return {};
  return {
    adjusted: { reason: `Not of a form we know, and left out: ${names.join(", ")}.`, details },
  };
}
