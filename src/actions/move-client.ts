import type { Tx } from "../db/client.ts";
import { getClient, touchClient, type ClientRow } from "../db/clients.ts";
import { claimMove, moveClaimed, type MoveSides } from "./move-record.ts";

/**
 * Moves a client with its contacts, invoices, quotes, recurring invoices, projects, time, expenses,
 * credits and statements to another company.
 */
export async function moveClient(
  tx: Tx,
  sides: MoveSides,
  { clientId }: { clientId: number },
): Promise<ClientRow> {
  const claimed = await claimMove(tx, sides, { table: "clients", id: clientId });
  await getClient(tx, { companyId: claimed.from, id: clientId });
  await moveClaimed(tx, sides, claimed, { clientId });
  return await touchClient(tx, { companyId: claimed.to, id: clientId, now: sides.to.now });
}
