import type { ClientRow } from "../../db/clients.ts";
import type { ServiceRow } from "../../db/services.ts";
import type { QbBooks } from "../../connectors/quickbooks/quickbooks.ts";
import { cut, refTo, type Body } from "./values.ts";

/** A customer or item as it should be there, with a second name in case the first is taken. */
export interface Named {
  entity: "Customer" | "Item";
  /** As in external_refs. */
  kind: string;
  recordId: number;
  names: readonly [string, string];
  body: Body;
}

/** One customer per client and currency: over there a customer has one for ever. */
export function mapCustomer(
  client: ClientRow,
  currency: string,
  { isMultiCurrency }: Pick<QbBooks, "isMultiCurrency">,
): Named {
  // A colon parts a customer from its jobs there.
  const name = client.name.replaceAll(/[:\s]+/g, " ").trim() || `Client ${client.id}`;
  const own = client.currency === currency ? name : `${name} (${currency})`;
  const second = client.currency === currency ? `${client.id}` : `${client.id}, ${currency}`;
  return {
    entity: "Customer",
    kind: `customer/${currency}`,
    recordId: client.id,
    names: [own, `${name} (${second})`],
    body: {
      CompanyName: cut(name, 100),
      PrimaryEmailAddr: { Address: emailOf(client) ?? "" },
      PrimaryPhone: { FreeFormNumber: cut(client.phone ?? "", 30) },
      BillAddr: {
        Line1: cut(client.addressLine1 ?? "", 500),
        Line2: cut(client.addressLine2 ?? "", 500),
        City: cut(client.city ?? "", 255),
        CountrySubDivisionCode: cut(client.state ?? "", 255),
        PostalCode: cut(client.postalCode ?? "", 30),
        Country: client.country ?? "",
      },
      ...(isMultiCurrency && { CurrencyRef: refTo(currency) }),
    },
  };
}

/** Longer ones QuickBooks does not take. */
export function emailOf({ email }: Pick<ClientRow, "email">): string | undefined {
  return email === null || email.length > 100 ? undefined : email;
}

export function mapService({ id, name, description }: ServiceRow, accountId: string): Named {
  const plain = name.replaceAll(/[:\s]+/g, " ").trim() || `Service ${id}`;
  return {
    entity: "Item",
    kind: "item",
    recordId: id,
    names: [cut(plain, 100), `${cut(plain, 80)} (${id})`],
    body: {
      Type: "Service",
      Description: cut(description ?? "", 4_000),
      IncomeAccountRef: refTo(accountId),
    },
  };
}

/** Items of our own, for lines that name no service. */
export const ownItems = { work: 1, lateFee: 2, adjustment: 3 } as const;
const ownNames: Readonly<Record<number, string>> = {
  [ownItems.work]: "Services",
  [ownItems.lateFee]: "Late fee",
  [ownItems.adjustment]: "Adjustment",
};

export function mapOwnItem(id: number, accountId: string): Named {
  const name = ownNames[id] ?? "Services";
  return {
    entity: "Item",
    kind: "own-item",
    recordId: id,
    names: [name, `${name} (Nightledger)`],
    body: { Type: "Service", IncomeAccountRef: refTo(accountId) },
  };
}
