import { recordAudit } from "../db/audit.ts";
import type { Tx } from "../db/client.ts";
import { endPasswordResets } from "../db/password-resets.ts";
import { revokeSessionsOf } from "../db/sessions.ts";
import { deleteIdentitiesOf, findUserIdByIdentity, insertIdentity } from "../db/user-identities.ts";
import {
  insertUser,
  lockUserByEmail,
  markEmailVerified,
  setFirstAvatar,
  setPasswordHash,
} from "../db/users.ts";
import { Conflict, Forbidden } from "../errors.ts";
import { storableText } from "../platform/storable-text.ts";
import { endAllAppAccess } from "./app-access.ts";

const NAME_LENGTH_MAX = 255;
const PICTURE_LENGTH_MAX = 2_000;

/** Somebody as Google knows them. */
export interface ArrivedFromGoogle {
  /** Google's own name for the account. */
  subject: string;
  email: string;
  isEmailVerified: boolean;
  name: string | undefined;
  pictureUrl: string | undefined;
}

/**
 * The user whom this Google account lets in: the one it is linked with, else the one with its
 * address, else a new one. Throws Forbidden when Google does not know the address to be theirs,
 * Conflict when the user with the address comes with another Google account.
 */
export async function identifyByGoogle(
  tx: Tx,
  person: ArrivedFromGoogle,
  { now, requestId }: { now: Date; requestId: string },
): Promise<number> {
  const identity = { provider: "google", subject: person.subject } as const;
  const known = await findUserIdByIdentity(tx, identity);
  if (known !== undefined) return known;
  if (!person.isEmailVerified) {
    throw new Forbidden("Google has not verified this address.", { code: "email_not_verified" });
  }

  const { userId, isNew } = await findOrInsert(tx, person, { now, requestId });
  const isLinked = await insertIdentity(tx, { ...identity, userId, now });
  // Not by us: the same person in another tab at this moment, or somebody else.
  if (!isLinked && (await findUserIdByIdentity(tx, identity)) !== userId) {
    throw new Conflict("Another Google account signs in as this user.", {
      code: "linked_to_another",
    });
  }
  await markEmailVerified(tx, { userId, now });
  const avatarUrl = pictureOf(person);
  if (avatarUrl !== undefined) await setFirstAvatar(tx, { userId, avatarUrl, now });
  await recordAudit(tx, {
    companyId: null,
    userId,
    action: isNew ? "user.registered_with_google" : "user.linked_google",
    subjectType: "user",
    subjectId: userId,
    requestId,
  });
  return userId;
}

async function findOrInsert(
  tx: Tx,
  person: ArrivedFromGoogle,
  { now, requestId }: { now: Date; requestId: string },
): Promise<{ userId: number; isNew: boolean }> {
  const { email } = person;
  const made = await insertUser(tx, { name: nameOf(person), email, passwordHash: null, now });
  if (made !== undefined) return { userId: made.id, isNew: true };
  const user = await lockUserByEmail(tx, email);
  if (user === undefined) throw new Error("the user is neither new nor there");
  // Anybody may have registered the address before its owner came: what they know ends here.
  if (user.emailVerifiedAt === null) await takeOver(tx, { userId: user.id, now, requestId });
  return { userId: user.id, isNew: false };
}

async function takeOver(
  tx: Tx,
  { userId, now, requestId }: { userId: number; now: Date; requestId: string },
): Promise<void> {
  await setPasswordHash(tx, { userId, passwordHash: null });
  await endPasswordResets(tx, { userId, now });
  await revokeSessionsOf(tx, { userId, now });
  await endAllAppAccess(tx, { userId, because: "linked_google", requestId, now });
  await deleteIdentitiesOf(tx, userId);
}

function nameOf({ name, email }: ArrivedFromGoogle): string {
  return storableText(name?.trim() ? name.trim() : email, NAME_LENGTH_MAX);
}

function pictureOf({ pictureUrl }: ArrivedFromGoogle): string | undefined {
  if (pictureUrl === undefined || pictureUrl.length > PICTURE_LENGTH_MAX) return undefined;
  return URL.canParse(pictureUrl) && new URL(pictureUrl).protocol === "https:"
    ? pictureUrl
    : undefined;
}
