import type { Tx } from "../../../db/client.ts";
import type { ApiServices } from "../../context.ts";
import { throttle } from "../../throttle.ts";

const windowMs = 24 * 3_600_000;

/**
 * Counts a mail to an address that may never have asked for one, in the transaction that asks for it.
 * Throws TooManyRequests when the company, or all together to this address, have sent too many.
 */
export async function throttleInvitation(
  tx: Tx,
  services: ApiServices,
  { companyId, email }: { companyId: number; email: string },
): Promise<void> {
  const { invitationsPerCompany, invitationsPerAddress } = services.settings.mailLimits;
  const who = email.toLowerCase();
  await throttle(tx, services, {
    limits: [
      { what: "invitation by", who: String(companyId), max: invitationsPerCompany, windowMs },
      { what: "invitation to", who, max: invitationsPerAddress, windowMs },
    ],
    message: "Too many invitations were sent. Try again later.",
  });
}
