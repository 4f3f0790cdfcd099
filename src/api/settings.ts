import type { PlanName } from "../billing/plans.ts";
import { PASSWORD_COST, type PasswordCost } from "../platform/passwords.ts";

/** The API's settings; bootstrap fills them from the environment. */
export interface ApiSettings {
  /** Plan of a new company. */
  planDefault: PlanName;
  /** Requests per session or API token and hour, by plan; `null` means no limit. */
  requestsPerHour: Readonly<Record<PlanName, number | null>>;
  /** Requests per address and hour without a token (sign-in, documentation). */
  publicRequestsPerHour: number | null;
  /**
   * Failed sign-ins per address and email, per address, and per email from all addresses, before a
   * pause of the window's rest. The last is NIST SP 800-63B's 100.
   */
  signIn: {
    failuresMax: number;
    failuresPerAddressMax: number;
    failuresPerAccountMax: number;
    windowMs: number;
  };
  /** How many mails strangers can have us send: new passwords an hour, invitations a day. */
  mailLimits: {
    resetsPerAddress: number;
    resetsPerCaller: number;
    invitationsPerAddress: number;
    invitationsPerCompany: number;
  };
  /** How long the files of exports are kept, in days. */
  exportDays: number;
  /** Of a new password, and of one that signs in after it was kept at another cost. */
  passwordCost: PasswordCost;
  /** How long a session lasts, in milliseconds. */
  sessionMs: number;
  /** How long the answer to an Idempotency-Key is kept, in milliseconds. */
  answersKeptMs: number;
  /** How long who-may-what may be remembered in process; a revocation elsewhere takes this long. */
  identityCacheMs: number;
  /** Origins a browser may call from. `"*"` for any; empty for none. */
  corsOrigins: readonly string[];
  /** Hops in front of us whose X-Forwarded-For is believed. */
  trustedProxies: number;
  /**
   * The installation's own secret: mixed into hashes of addresses, and of what somebody without a
   * token sends, so that the database alone is not enough to guess back what was hashed.
   */
  ipSalt: string;
  bodyBytesMax: number;
  /** Where the pages of the billing app are, without a slash at the end. */
  appUrl: string | undefined;
}

/** Settings that suit one machine. `ipSalt` must come from the installation. */
export function defaultApiSettings(own: { ipSalt: string } & Partial<ApiSettings>): ApiSettings {
  return {
    planDefault: "enterprise",
    requestsPerHour: { free: 100, starter: 1_000, pro: 1_000, enterprise: 10_000 },
    publicRequestsPerHour: 5_000,
    signIn: {
      failuresMax: 5,
      failuresPerAddressMax: 50,
      failuresPerAccountMax: 100,
      windowMs: 15 * 60_000,
    },
    mailLimits: {
      resetsPerAddress: 3,
      resetsPerCaller: 20,
      invitationsPerAddress: 10,
      invitationsPerCompany: 100,
    },
    exportDays: 7,
    passwordCost: PASSWORD_COST,
    sessionMs: 30 * 24 * 3_600_000,
    answersKeptMs: 24 * 3_600_000,
    identityCacheMs: 2_000,
    corsOrigins: [],
    trustedProxies: 0,
    appUrl: undefined,
    bodyBytesMax: 1_048_576,
    ...own,
  };
}
