import {
  insertAppAccess,
  listOpenAccessOf,
  lockAppAccess,
  revokeAppAccess,
  type AppAccessRow,
} from "../db/app-access.ts";
import { raiseAttention, settleAttention } from "../db/attention.ts";
import { recordAudit } from "../db/audit.ts";
import type { Tx } from "../db/client.ts";
import { findCompany } from "../db/companies.ts";
import { recordEvent } from "../db/events.ts";
import type { OAuthClientRow } from "../db/oauth-clients.ts";
import { recordAdministration, type Administering } from "./administering.ts";

/** Why an app has no access any more; the last two are somebody else's doing, and people are told. */
export type AccessEnd =
  | "by_person"
  | "by_app"
  | "password_reset"
  | "linked_google"
  | "code_replayed"
  | "token_replayed";

const misuses: Partial<Readonly<Record<AccessEnd, string>>> = {
  code_replayed: "the code that it was given came a second time",
  token_replayed: "a token came that it had already traded for a newer one",
};

/** Lets an app into a company for who decided so. Returns the id of the access. */
export async function grantAppAccess(
  tx: Tx,
  by: Administering,
  access: {
    app: OAuthClientRow;
    scopes: readonly string[];
    audience: string;
    /** Unless the app begins to use it before. */
    expiresAt: Date;
  },
): Promise<number> {
  const { app, scopes, audience, expiresAt } = access;
  const id = await insertAppAccess(tx, {
    companyId: by.company.id,
    userId: by.causerId,
    clientId: app.id,
    name: app.name,
    scopes,
    audience,
    now: by.machineNow,
    expiresAt,
  });
  await recordAdministration(tx, by, {
    type: "app-access.granted",
    subjectType: "app-access",
    subjectId: id,
    facts: { app: app.name, client_id: app.identifier, scopes: scopes.join(" ") },
  });
  await settleAttention(tx, {
    companyId: by.company.id,
    kind: "app.token-misused",
    key: misuseKey({ clientId: app.id, userId: by.causerId }),
    resolution: "The app was let in again.",
  });
  return id;
}

/**
 * Ends what an app may do in a company for a person, with every token that came of it. Does nothing
 * when that has ended. Where somebody used what was no longer theirs, the company is told.
 */
export async function endAppAccess(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
  {
    because,
    causerId,
    requestId,
    now,
  }: {
    because: AccessEnd;
    /** The person who ended it; null when nobody in the company did. */
    causerId: number | null;
    requestId: string;
    /** The machine's clock. */
    now: Date;
  },
): Promise<AppAccessRow | undefined> {
  const access = await lockAppAccess(tx, { companyId, id });
  if (access === undefined) return undefined;
  const company = await findCompany(tx, companyId);
  await revokeAppAccess(tx, { companyId, id, now });
  const subject = { companyId, subjectType: "app-access", subjectId: id };
  const details = {
    app: access.clientName,
    client_id: access.clientIdentifier,
    user_id: access.userId,
    because,
  };
  await recordEvent(tx, {
    ...subject,
    type: "app-access.ended",
    causerId,
    occurredAt: company?.testNow ?? now,
    payload: details,
  });
  await recordAudit(tx, {
    ...subject,
    userId: causerId,
    action: "app-access.ended",
    details,
    requestId,
  });
  const misuse = misuses[because];
  if (misuse !== undefined) {
    await raiseAttention(tx, {
      companyId,
      kind: "app.token-misused",
      key: misuseKey(access),
      title: `The app ${access.clientName} lost the access that ${access.userName} gave it: ${misuse}`,
      detail:
        "Somebody may have copied what the app holds. Ask who makes it, and look at what it did here " +
        "before you let it in again.",
      subjectType: "app-access",
      subjectId: id,
    });
  }
  return access;
}

/**
 * Ends what all apps may do for a person, in every company: whoever was in their account until now may
 * have let in apps of their own.
 */
export async function endAllAppAccess(
  tx: Tx,
  {
    userId,
    ...end
  }: {
    userId: number;
    because: Extract<AccessEnd, "password_reset" | "linked_google">;
    requestId: string;
    /** The machine's clock. */
    now: Date;
  },
): Promise<void> {
  for (const access of await listOpenAccessOf(tx, { userId, now: end.now })) {
    await endAppAccess(tx, access, { ...end, causerId: userId });
  }
}

function misuseKey({ clientId, userId }: { clientId: number; userId: number }): string {
  return `${clientId}/${userId}`;
}
