import { findHalfScope, scopeNamed, scopes as knownScopes, type Scope } from "../api/scopes.ts";
import { assertMigrated, type Platform } from "../bootstrap.ts";
import { insertApiToken } from "../db/api-tokens.ts";
import { recordAudit } from "../db/audit.ts";
import { findCompany } from "../db/companies.ts";
import { findRole } from "../db/company-members.ts";
import { findOwnerOf } from "../db/console.ts";
import { inTransaction } from "../db/transaction.ts";
import { findUserForSignIn } from "../db/users.ts";
import { createToken, hashToken } from "../platform/tokens.ts";
import {
  defineCommand,
  readDate,
  readId,
  readSettings,
  UsageError,
  type Command,
} from "./command.ts";
import { withPlatform } from "./database.ts";
import { print, printJson } from "./output.ts";

/** How much of a token is kept readable, as the API does. */
const SHOWN_LENGTH = 9;

const usage = `create --company ID | --user EMAIL  --name N --scopes A,B [--expires D] [--json]

  --company ID    The company it is for; acts as its owner unless --user is given too.
  --user EMAIL    Whom it acts as; in their current company unless --company is given too.
  --name N        What it is for, to tell one from another.
  --scopes A,B    What it may, or "all". A write scope needs its read scope.
  --expires D     The first day (UTC) on which it no longer works. Default: never.
  --data-dir DIR  Where the embedded database is, without DATABASE_URL.

The token is shown once; only a hash of it is kept.
Scopes: ${knownScopes.join(", ")}.`;

const create = defineCommand({
  summary: "",
  usage,
  options: {
    company: { type: "string" },
    user: { type: "string" },
    name: { type: "string" },
    scopes: { type: "string" },
    expires: { type: "string" },
    "data-dir": { type: "string" },
    json: { type: "boolean", default: false },
  },
  async run(values) {
    if (values.company === undefined && values.user === undefined) {
      throw new UsageError("--company or --user is missing.");
    }
    const companyId =
      values.company === undefined ? undefined : readId("--company", values.company);
    const name = values.name?.trim();
    if (name === undefined || name === "" || name.length > 255) {
      throw new UsageError("--name: expected 1 to 255 characters.");
    }
    if (values.scopes === undefined) throw new UsageError("--scopes is missing.");
    const scopes = readScopes(values.scopes);
    const expiresAt =
      values.expires === undefined
        ? null
        : new Date(`${readDate("--expires", values.expires)}T00:00:00Z`);
    const config = readSettings({ dataDir: values["data-dir"] }, { LOG_LEVEL: "warn" });
    const made = await withPlatform(config, "token", async (platform) => {
      if (expiresAt !== null && expiresAt <= platform.clock.now()) {
        throw new UsageError(`--expires: ${values.expires} is not in the future.`);
      }
      await assertMigrated(platform.sql);
      const holder = await findHolder(platform, { companyId, email: values.user });
      return await insert(platform, { ...holder, name, scopes, expiresAt });
    });
    if (values.json) printJson(made);
    else print(made.token);
  },
});

export const token: Command = {
  summary: "Makes an API token",
  usage,
  async run([action, ...rest]) {
    if (action === "create") return await create.run(rest);
    throw new UsageError(
      `${action === undefined ? "Say what to do" : `Unknown action "${action}"`}: there is create.`,
    );
  },
};

async function findHolder(
  { sql }: Platform,
  { companyId, email }: { companyId: number | undefined; email: string | undefined },
): Promise<{ userId: number; companyId: number }> {
  const user = email === undefined ? undefined : await findUserForSignIn(sql, email);
  if (email !== undefined && user === undefined) {
    throw new UsageError(`--user: nobody has an account as ${email}.`);
  }
  const inCompany = companyId ?? user?.currentCompanyId ?? undefined;
  if (inCompany === undefined) {
    throw new UsageError(`--company is missing: ${email} has no current company.`);
  }
  const company = await findCompany(sql, inCompany);
  if (company === undefined) throw new UsageError(`--company: there is no company ${inCompany}.`);
  const userId = user?.id ?? (await findOwnerOf(sql, company.id));
  if (userId === undefined)
    throw new UsageError(`--user is missing: ${company.name} has no owner.`);
  if ((await findRole(sql, { companyId: company.id, userId })) === undefined) {
    throw new UsageError(`--user: ${email} does not belong to company ${company.id}.`);
  }
  return { userId, companyId: company.id };
}

async function insert(
  { sql, clock }: Platform,
  input: {
    userId: number;
    companyId: number;
    name: string;
    scopes: readonly Scope[];
    expiresAt: Date | null;
  },
): Promise<{ id: number; company_id: number; token: string; scopes: readonly Scope[] }> {
  const secret = createToken("nl");
  const row = await inTransaction(sql, async (tx) => {
    const inserted = await insertApiToken(tx, {
      ...input,
      prefix: secret.slice(0, SHOWN_LENGTH),
      tokenHash: hashToken(secret),
      now: clock.now(),
    });
    await recordAudit(tx, {
      companyId: input.companyId,
      userId: input.userId,
      action: "api-token.created",
      subjectType: "api-token",
      subjectId: inserted.id,
      details: { scopes: input.scopes, by: "command line" },
    });
    return inserted;
  });
  return { id: row.id, company_id: row.companyId, token: secret, scopes: input.scopes };
}

function readScopes(text: string): Scope[] {
  if (text.trim() === "all") return [...knownScopes];
  const wanted = text.split(",").map((part) => {
    const scope = scopeNamed(part.trim());
    if (scope === undefined) {
      throw new UsageError(`--scopes: there is no scope "${part.trim()}".`);
    }
    return scope;
  });
  const half = findHalfScope(wanted);
  if (half !== undefined)
    throw new UsageError(`--scopes: ${half.scope} needs ${half.missing} too.`);
  return wanted;
}
