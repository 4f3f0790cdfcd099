import { z } from "zod";
import {
  addressRanges,
  baseUrl,
  integer,
  keyRing,
  limit,
  limitByName,
  mailAddress,
  numberByName,
  emailList,
  originList,
  oneOf,
  onOrOff,
  positiveNumber,
  textByName,
  textList,
  url,
} from "./parsers.ts";

const PLANS = ["free", "starter", "pro", "enterprise"] as const;
const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const DAYS_MAX = 3_650;

/** A client at a provider is two settings or none. */
const CLIENTS = [
  ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"],
  ["QUICKBOOKS_CLIENT_ID", "QUICKBOOKS_CLIENT_SECRET"],
  ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"],
  ["STRIPE_CLIENT_ID", "STRIPE_SECRET_KEY"],
] as const;

/** Every setting there is, by the name of its environment variable. An empty variable counts as not set. */
const Settings = z.object({
  /** PostgreSQL server with our data, `postgres://user:password@host:port/database`. Default: the embedded one, in DATA_DIR. */
  DATABASE_URL: url(["postgres:", "postgresql:"]).optional(),
  /** Most connections that the pool of one process opens. Default 10. */
  DATABASE_CONNECTIONS: integer(2, 1_000).default(10),
  /** Where the queues are: `redis://…` or `rediss://…`, or `postgres://…`. Default: the database. */
  QUEUE_URL: url(["redis:", "rediss:", "postgres:", "postgresql:"]).optional(),
  /** Begins the names of all keys in Redis, so that several installations can share a server. Default `nightledger`. */
  QUEUE_PREFIX: z
    .string()
    .regex(/^[\w-]{1,64}$/, "expected up to 64 letters, digits, - or _")
    .default("nightledger"),
  /** Folder for the embedded database, stored files and mails that nobody sends. Default `./.nightledger`. */
  DATA_DIR: z.string().default("./.nightledger"),
  /** Server that keeps uploaded files and speaks S3, `https://…`, without the bucket. Default: none, files are in DATA_DIR. */
  S3_ENDPOINT: baseUrl(["https:", "http:"]).optional(),
  /** Region that requests to S3_ENDPOINT are signed for. Default `us-east-1`. */
  S3_REGION: z
    .string()
    .regex(/^[\w-]{1,64}$/, "expected a region like eu-central-1")
    .default("us-east-1"),
  /** Bucket at S3_ENDPOINT, which is there already. */
  S3_BUCKET: z
    .string()
    .regex(/^[\w.-]{3,255}$/, "expected the name of a bucket: 3 to 255 letters, digits, ., - or _")
    .optional(),
  /** Id of the access key for the bucket. */
  S3_ACCESS_KEY_ID: z.string().optional(),
  /** Secret of the access key. */
  S3_SECRET_ACCESS_KEY: z.string().optional(),

  /** Port of the API and the console, and of a worker's probes; 0 takes any free one. Default 3000; 4400 or the next free one with `up` and `demo`. */
  PORT: integer(0, 65_535).optional(),
  /** Address the API listens on. Default `127.0.0.1`, this machine only. */
  HOST: z.string().default("127.0.0.1"),
  /** How people reach us, without a slash at the end, for links. Default: made of HOST and PORT. */
  PUBLIC_URL: baseUrl(["http:", "https:"]).optional(),
  /** Where the pages of the billing app are, for links in mails and the way back from Google. Default: none; mails carry a code instead of a link. */
  APP_URL: baseUrl(["http:", "https:"]).optional(),
  /** Origins whose pages may call the API, with commas, or `*`. Default: none. */
  CORS_ORIGINS: originList.default([]),
  /** Email addresses, with commas, of those who may look at the queues and at what is the platform's. Default: everybody who signs in. */
  OPERATORS: emailList.optional(),
  /** Proxies in front of us whose X-Forwarded-For is believed. Default 0. */
  TRUSTED_PROXIES: integer(0, 10).default(0),
  /** Plan of a new company: free, starter, pro or enterprise. Default enterprise. */
  PLAN_DEFAULT: oneOf(PLANS).default("enterprise"),
  /** Requests an hour and token by plan, `none` for no limit. Default `free=100,starter=1000,pro=1000,enterprise=10000`; what is left out keeps its default. */
  RATE_LIMITS: limitByName(PLANS).default({}),
  /** Requests an hour and address without a token, or `none`. Default 1000. */
  PUBLIC_RATE_LIMIT: limit.default(1_000),
  /** How long a sign-in lasts, in days. Default 30. */
  SESSION_DAYS: integer(1, DAYS_MAX).default(30),
  /** Mixed into the hashes of addresses, 16 characters or more. Default: made once and kept in DATA_DIR. */
  IP_SALT: z.string().min(16, "expected 16 characters or more").optional(),

  /** Mail server, `smtp://user:password@host:port` or `smtps://…`. Default: mails are written to DATA_DIR. */
  SMTP_URL: url(["smtp:", "smtps:"]).optional(),
  /** Sender of our mails, `Name <address>` or an address. Default `Nightledger <billing@localhost>`. */
  MAIL_FROM: mailAddress.default({ name: "Nightledger", address: "billing@localhost" }),
  /** Mails a second to the mail server, all processes together. Default 10. */
  MAIL_PER_SECOND: positiveNumber(10_000).default(10),

  /** Keys that seal provider credentials, `id:base64,…`, 32 bytes each. The first one seals, all of them open. Default: none. */
  MASTER_KEYS: keyRing.default([]),

  /** Where FreshBooks is when it is a sandbox, all its addresses in one. Default: its own. */
  FRESHBOOKS_URL: baseUrl(["http:", "https:"]).optional(),
  /** Our client at Google, for calendars and, with APP_URL, for signing in. Default: none, and neither is possible. */
  GOOGLE_CLIENT_ID: z.string().optional(),
  /** Its secret. */
  GOOGLE_CLIENT_SECRET: z.string().optional(),
  /** Where Google is when it is a sandbox, all its addresses in one. Default: its own. */
  GOOGLE_URL: baseUrl(["http:", "https:"]).optional(),
  /** Our client at QuickBooks Online. Default: none. */
  QUICKBOOKS_CLIENT_ID: z.string().optional(),
  /** Its secret. */
  QUICKBOOKS_CLIENT_SECRET: z.string().optional(),
  /** Where QuickBooks is when it is a sandbox, all its addresses in one. Default: its own. */
  QUICKBOOKS_URL: baseUrl(["http:", "https:"]).optional(),
  /** Our client at Slack. Default: none. */
  SLACK_CLIENT_ID: z.string().optional(),
  /** Its secret. */
  SLACK_CLIENT_SECRET: z.string().optional(),
  /** Where Slack is when it is a sandbox, all its addresses in one. Default: its own. */
  SLACK_URL: baseUrl(["http:", "https:"]).optional(),
  /** Our platform at Stripe Connect, `ca_…`. Default: none. */
  STRIPE_CLIENT_ID: z.string().optional(),
  /** The platform's secret key, `sk_…`. */
  STRIPE_SECRET_KEY: z.string().optional(),
  /** The products at Stripe that plans are sold as, `starter=prod_…,pro=prod_…`. Default: none, no plan is sold. */
  STRIPE_PRODUCTS: textByName(["starter", "pro", "enterprise"], /^prod_\w+$/, "prod_…").default({}),
  /** Secrets that sign what Stripe sends, `whsec_…`, with commas: of both endpoints, and those being changed. Default: none, nothing is taken from Stripe. */
  STRIPE_WEBHOOK_SECRETS: textList(/^whsec_\w+$/, "whsec_…").default([]),
  /** Where Stripe is when it is a sandbox, all its addresses in one. Default: its own. */
  STRIPE_URL: baseUrl(["http:", "https:"]).optional(),

  /** Whether webhooks may also go to addresses with http://, and to any port: on or off. Default off: https:// on 443 and 8443. */
  WEBHOOK_HTTP: onOrOff.default(false),
  /** Ranges that webhooks may reach although they are not the public internet, like `127.0.0.0/8,::1/128`. Default: none. */
  WEBHOOK_PRIVATE_RANGES: addressRanges.default([]),

  /** Runs at once in one worker process, by queue. Default `nights=2,notifications=20,webhooks=50,default=10`; what is left out keeps its default. */
  WORKER_CONCURRENCY: numberByName(["nights", "notifications", "webhooks", "default"]).default({}),
  /** How long a run belongs to a worker that gives no sign of life, in milliseconds. Default 15000. */
  LEASE_MS: integer(1_000, 3_600_000).default(15_000),
  /** How often a worker gives its sign of life, in milliseconds, at most a third of LEASE_MS. Default 5000. */
  HEARTBEAT_MS: integer(100, 1_200_000).default(5_000),
  /** How long a process may take to stop, in milliseconds; supervisors as a rule kill after 30000. Default 25000. */
  SHUTDOWN_WINDOW_MS: integer(0, 3_600_000).default(25_000),
  /** How long runs that succeeded, were skipped or cancelled, and what rules did, are kept, in days. Default 30. */
  RUN_RETENTION_DAYS: integer(1, DAYS_MAX).default(30),
  /** How long dead runs are kept, in days. Default 180. */
  RUN_RETENTION_DEAD_DAYS: integer(1, DAYS_MAX).default(180),
  /** How long what webhooks were told is kept, whatever became of it, in days, at least 4. Default 30. */
  WEBHOOK_RETENTION_DAYS: integer(4, DAYS_MAX).default(30),
  /** How long events are kept, which are the activity log, in days, or `none` for ever. Default none. */
  EVENT_RETENTION_DAYS: limit.default(null),
  /** How long uses of API tokens are kept, in days. Default 90. */
  USAGE_RETENTION_DAYS: integer(1, DAYS_MAX).default(90),
  /** How long the answer to an Idempotency-Key is kept, in hours, 24 or more. Default 24. */
  IDEMPOTENCY_HOURS: integer(24, 720).default(24),

  /** How long the files of exports are kept, in days. Default 7. */
  EXPORT_DAYS: integer(1, DAYS_MAX).default(7),

  /** How much is logged: fatal, error, warn, info, debug, trace or silent. Default info. */
  LOG_LEVEL: oneOf(LOG_LEVELS).default("info"),
  /** Whether `/metrics` answers: on or off. Default on. */
  METRICS: onOrOff.default(true),
});
type Settings = z.infer<typeof Settings>;

/** The settings of one process, frozen. Each is described beside its variable, above. */
export type Config = ReturnType<typeof arrange>;

/** Names each variable that is wrong, and what was expected; one line each, and never a secret value. */
export class InvalidSettings extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "InvalidSettings";
    this.problems = problems;
  }
}

/** Reads the settings from the given variables, e.g. `process.env`. Throws `InvalidSettings`. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(Settings.shape)
      .map((name) => [name, env[name]?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = Settings.safeParse(given);
  if (!parsed.success) {
    throw new InvalidSettings(
      parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    );
  }
  const problems = findContradictions(parsed.data);
  if (problems.length > 0) throw new InvalidSettings(problems);
  return freeze(arrange(parsed.data));
}

function findContradictions(settings: Settings): string[] {
  const problems: string[] = [];
  if (settings.HEARTBEAT_MS * 3 > settings.LEASE_MS) {
    problems.push(
      `HEARTBEAT_MS: ${settings.HEARTBEAT_MS} is more than a third of LEASE_MS (${settings.LEASE_MS}); a worker that misses two beats would lose its runs`,
    );
  }
  const ids = settings.MASTER_KEYS.map((key) => key.id);
  if (new Set(ids).size < ids.length) {
    problems.push("MASTER_KEYS: an id occurs twice");
  }
  for (const [idName, secretName] of CLIENTS) {
    if ((settings[idName] === undefined) === (settings[secretName] === undefined)) continue;
    const [given, missing] =
      settings[idName] === undefined ? [secretName, idName] : [idName, secretName];
    problems.push(`${missing}: not set, although ${given} is`);
  }
  const missing = s3Names.filter((name) => settings[name] === undefined);
  if (missing.length > 0 && missing.length < s3Names.length) {
    const given = s3Names.find((name) => settings[name] !== undefined);
    problems.push(...missing.map((name) => `${name}: not set, although ${given} is`));
  }
  return problems;
}

/** All of them, or none. */
const s3Names = ["S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"] as const;

/** Undefined: files are in the data folder. */
function arrangeS3(settings: Settings) {
  const { S3_ENDPOINT, S3_REGION, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = settings;
  if (S3_ENDPOINT === undefined || S3_BUCKET === undefined) return undefined;
  if (S3_ACCESS_KEY_ID === undefined || S3_SECRET_ACCESS_KEY === undefined) return undefined;
  return {
    endpoint: S3_ENDPOINT,
    region: S3_REGION,
    bucket: S3_BUCKET,
    accessKeyId: S3_ACCESS_KEY_ID,
    secretAccessKey: S3_SECRET_ACCESS_KEY,
  };
}

function arrange(settings: Settings) {
  return {
    databaseUrl: settings.DATABASE_URL,
    databaseConnections: settings.DATABASE_CONNECTIONS,
    /** Undefined: the same server as the data. */
    queueUrl: settings.QUEUE_URL ?? settings.DATABASE_URL,
    queuePrefix: settings.QUEUE_PREFIX,
    dataDir: settings.DATA_DIR,
    s3: arrangeS3(settings),
    /** Undefined: what suits the command. */
    port: settings.PORT,
    host: settings.HOST,
    /** Undefined: made of host and port, once the port is known. */
    publicUrl: settings.PUBLIC_URL,
    appUrl: settings.APP_URL,
    corsOrigins: settings.CORS_ORIGINS,
    /** Undefined: everybody who signs in. In lower case. */
    operators: settings.OPERATORS,
    trustedProxies: settings.TRUSTED_PROXIES,
    planDefault: settings.PLAN_DEFAULT,
    /** Requests an hour; null means no limit. */
    rateLimits: {
      free: 100,
      starter: 1_000,
      pro: 1_000,
      enterprise: 10_000,
      ...settings.RATE_LIMITS,
    },
    publicRateLimit: settings.PUBLIC_RATE_LIMIT,
    exportDays: settings.EXPORT_DAYS,
    sessionDays: settings.SESSION_DAYS,
    idempotencyHours: settings.IDEMPOTENCY_HOURS,
    ipSalt: settings.IP_SALT,
    smtpUrl: settings.SMTP_URL,
    mailFrom: settings.MAIL_FROM,
    mailPerSecond: settings.MAIL_PER_SECOND,
    masterKeys: settings.MASTER_KEYS,
    /** Where webhooks may go. */
    webhooks: { allowsHttp: settings.WEBHOOK_HTTP, allowed: settings.WEBHOOK_PRIVATE_RANGES },
    /** A `url` in place of the provider's own addresses makes it a sandbox. */
    providers: {
      freshbooks: { url: settings.FRESHBOOKS_URL },
      google: {
        clientId: settings.GOOGLE_CLIENT_ID,
        clientSecret: settings.GOOGLE_CLIENT_SECRET,
        url: settings.GOOGLE_URL,
      },
      quickbooks: {
        clientId: settings.QUICKBOOKS_CLIENT_ID,
        clientSecret: settings.QUICKBOOKS_CLIENT_SECRET,
        url: settings.QUICKBOOKS_URL,
      },
      slack: {
        clientId: settings.SLACK_CLIENT_ID,
        clientSecret: settings.SLACK_CLIENT_SECRET,
        url: settings.SLACK_URL,
      },
      stripe: {
        clientId: settings.STRIPE_CLIENT_ID,
        secretKey: settings.STRIPE_SECRET_KEY,
        products: settings.STRIPE_PRODUCTS,
        webhookSecrets: settings.STRIPE_WEBHOOK_SECRETS,
        planDefault: settings.PLAN_DEFAULT,
        url: settings.STRIPE_URL,
      },
    },
    concurrency: {
      nights: 2,
      notifications: 20,
      webhooks: 50,
      default: 10,
      ...settings.WORKER_CONCURRENCY,
    },
    leaseMs: settings.LEASE_MS,
    heartbeatMs: settings.HEARTBEAT_MS,
    shutdownWindowMs: settings.SHUTDOWN_WINDOW_MS,
    /** Days. */
    retention: {
      endedDays: settings.RUN_RETENTION_DAYS,
      deadDays: settings.RUN_RETENTION_DEAD_DAYS,
      usageDays: settings.USAGE_RETENTION_DAYS,
      eventDays: settings.EVENT_RETENTION_DAYS,
      webhookDays: settings.WEBHOOK_RETENTION_DAYS,
    },
    logLevel: settings.LOG_LEVEL,
    hasMetrics: settings.METRICS,
  } as const;
}

function freeze<T extends object>(value: T): Readonly<T> {
  for (const inner of Object.values(value)) {
    // The bytes of a key cannot be frozen.
    if (typeof inner === "object" && inner !== null && !ArrayBuffer.isView(inner)) freeze(inner);
  }
  return Object.freeze(value);
}
