import { z } from "zod";
import type { QbConditions } from "../../connectors/quickbooks/quickbooks.ts";
import type { QbRecord } from "../../connectors/quickbooks/schemas.ts";
import type { Creation } from "../../db/quickbooks-creations.ts";
import type { Push } from "./push.ts";

const Sent = z.looseObject({
  DisplayName: z.string().optional(),
  Name: z.string().optional(),
  CustomerRef: z.looseObject({ value: z.string() }).optional(),
  TxnDate: z.string().optional(),
  PrivateNote: z.string().optional(),
});

/** What was made there of something that was sent; undefined when it is not there. */
export async function findMade(
  push: Push,
  { entity, body }: Pick<Creation, "entity" | "body">,
): Promise<QbRecord | undefined> {
  const sent = Sent.parse(JSON.parse(body));
  if (entity === "Customer") return await findNamed(push, "Customer", sent.DisplayName ?? "");
  if (entity === "Item") return await findNamed(push, "Item", sent.Name ?? "");
  const paper = entity === "Invoice" ? "Invoice" : "Payment";
  const papers = await find(push, paper, {
    CustomerRef: sent.CustomerRef?.value ?? "",
    TxnDate: sent.TxnDate ?? "",
  });
  // Numbers may be QuickBooks' own, so that the mark in the note is what tells.
  const mark = markIn(sent.PrivateNote);
  return papers.find(({ PrivateNote }) => mark !== undefined && markIn(PrivateNote) === mark);
}

/** The customer or item of this name, active or not. */
export async function findNamed(
  push: Push,
  entity: "Customer" | "Item",
  name: string,
): Promise<QbRecord | undefined> {
  const conditions = entity === "Customer" ? { DisplayName: name } : { Name: name };
  const [found] = await find(push, entity, { ...conditions, Active: [true, false] });
  return found;
}

/** Our mark at the beginning of a private note. */
export function markIn(note: string | undefined): string | undefined {
  return /^\[Nightledger [^\]]+\]/.exec(note ?? "")?.[0];
}

async function find(
  push: Push,
  entity: "Customer" | "Item" | "Invoice" | "Payment",
  conditions: QbConditions,
): Promise<QbRecord[]> {
  return await push.ask((quickbooks, call) => quickbooks.find(call, entity, conditions));
}
