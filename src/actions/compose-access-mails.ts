import type { LocalDate } from "../billing/dates.ts";
import { layOut, oneLine, type ComposedMail } from "./compose-mail.ts";
import { formatDate } from "./invoice-text.ts";

/** Where the app is that the reader is to go to, without a slash at the end; there may be none. */
interface ToApp {
  /** The secret that lets the reader in. */
  token: string;
  appUrl: string | undefined;
}

/** The mail that invites an address to a company. */
export function composeInvitationMail(
  facts: ToApp & {
    companyName: string;
    inviterName: string;
    role: string;
    /** The last day of the invitation. */
    lastDay: LocalDate;
  },
): ComposedMail {
  const { token, appUrl, role, lastDay } = facts;
  const companyName = oneLine(facts.companyName);
  const inviterName = oneLine(facts.inviterName);
  return layOut({
    subject: `${inviterName} invites you to ${companyName}`,
    body: `Hello,

${inviterName} invites you to join ${companyName} as ${role}. ${howTo("accept", appUrl)} The invitation is for this address only, and ends on ${formatDate(lastDay)}.

If you do not know ${inviterName}, please disregard this message.`,
    ...wayIn({ token, appUrl, label: "Accept the invitation", path: `/invitations/${token}` }),
  });
}

/** The mail that lets somebody who forgot their password choose a new one. */
export function composePasswordResetMail(
  facts: ToApp & { name: string; email: string; validMinutes: number },
): ComposedMail {
  const { token, appUrl, email, validMinutes } = facts;
  const query = new URLSearchParams({ token, email }).toString();
  return layOut({
    subject: "Choose a new password",
    body: `Hello ${oneLine(facts.name)},

somebody asked for a new password for ${email}. ${howTo("choose one", appUrl)} It works once, within ${validMinutes} minutes.

If it was not you, please disregard this message: nothing has changed.`,
    ...wayIn({ token, appUrl, label: "Choose a new password", path: `/reset-password?${query}` }),
  });
}

function howTo(doIt: string, appUrl: string | undefined): string {
  return appUrl === undefined
    ? `To ${doIt}, enter the code below in the app you use.`
    : `To ${doIt}, follow the link below.`;
}

/** A link into the app; where we know of none, the code that its link would hold. */
function wayIn({ token, appUrl, label, path }: ToApp & { label: string; path: string }) {
  if (appUrl === undefined) return { table: [["Code", token]] } as const;
  return { link: { label, url: `${appUrl}${path}` }, table: [] };
}
