import { rescheduleNights } from "../actions/schedule-night.ts";
import type { Platform } from "../bootstrap.ts";
import type { Tx } from "../db/client.ts";
import { insertCompany, type CompanyRow } from "../db/companies.ts";
import { insertMember } from "../db/company-members.ts";
import { insertSession } from "../db/sessions.ts";
import { inTransaction } from "../db/transaction.ts";
import { findUserForSignIn, insertUser, setCurrentCompany } from "../db/users.ts";
import { createToken, hashToken } from "../platform/tokens.ts";

/** Whoever started Nightledger on their own machine. They have no password: the token lets them in. */
const OWNER = { name: "Owner", email: "owner@nightledger.local" };

/** Founds a company with its owner, who works there, in the caller's transaction. */
export async function foundCompany(
  tx: Tx,
  { owner, name, now }: { owner: { name: string; email: string }; name: string; now: Date },
): Promise<{ userId: number; company: CompanyRow }> {
  const user = await insertUser(tx, { ...owner, passwordHash: null, now });
  if (user === undefined) throw new Error(`${owner.email} has an account already`);
  const company = await insertCompany(tx, { name, plan: "enterprise", now });
  await insertMember(tx, { companyId: company.id, userId: user.id, role: "owner" });
  await setCurrentCompany(tx, { userId: user.id, companyId: company.id, now });
  await rescheduleNights(tx, company.id, now);
  return { userId: user.id, company };
}

/** The id of the owner made on an earlier start. */
export async function findOwner({ sql }: Platform): Promise<number | undefined> {
  return (await findUserForSignIn(sql, OWNER.email))?.id;
}

/** The owner of this installation, with a company of their own; made once. */
export async function ensureOwner(platform: Platform): Promise<number> {
  const { sql, clock } = platform;
  const existing = await findOwner(platform);
  if (existing !== undefined) return existing;
  const { userId } = await inTransaction(sql, (tx) =>
    foundCompany(tx, { owner: OWNER, name: "My company", now: clock.now() }),
  );
  return userId;
}

/** Opens a session for this start, without a limit of requests. The token is never seen again. */
export async function openOwnerSession(platform: Platform, userId: number): Promise<string> {
  const { sql, clock, config } = platform;
  const token = createToken("nls");
  const now = clock.now();
  await insertSession(sql, {
    userId,
    tokenHash: hashToken(token),
    now,
    expiresAt: new Date(now.getTime() + config.sessionDays * 24 * 3_600_000),
    hasRateLimit: false,
  });
  return token;
}
