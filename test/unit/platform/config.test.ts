import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { InvalidSettings, loadConfig } from "../../../src/config/config.ts";

test("without any variable there is a complete configuration for one machine", () => {
  expect(loadConfig({})).toMatchObject({
    databaseUrl: undefined,
    queueUrl: undefined,
    dataDir: "./.nightledger",
    port: undefined,
    host: "127.0.0.1",
    planDefault: "enterprise",
    rateLimits: { free: 100, starter: 1_000, pro: 1_000, enterprise: 10_000 },
    mailFrom: { name: "Nightledger", address: "billing@localhost" },
    mailPerSecond: 10,
    concurrency: { nights: 2, notifications: 20, webhooks: 50, default: 10 },
    leaseMs: 15_000,
    heartbeatMs: 5_000,
    hasMetrics: true,
  });
});

test("an empty or blank variable counts as not set", () => {
  expect(loadConfig({ PORT: "", DATABASE_URL: "  " })).toEqual(loadConfig({}));
});

test("queues are in the database unless they are said to be elsewhere", () => {
  const DATABASE_URL = "postgres://me@db.example.com/ledger";
  expect(loadConfig({ DATABASE_URL }).queueUrl).toBe(DATABASE_URL);
  expect(loadConfig({ DATABASE_URL, QUEUE_URL: "redis://cache:6379" }).queueUrl).toBe(
    "redis://cache:6379",
  );
});

test("what is left out of a list keeps its default, and none is no limit", () => {
  const config = loadConfig({
    RATE_LIMITS: "free=5, enterprise=none",
    WORKER_CONCURRENCY: "nights=4",
    PUBLIC_RATE_LIMIT: "none",
  });
  expect(config.rateLimits).toEqual({ free: 5, starter: 1_000, pro: 1_000, enterprise: null });
  expect(config.concurrency).toEqual({ nights: 4, notifications: 20, webhooks: 50, default: 10 });
  expect(config.publicRateLimit).toBeNull();
});

test("addresses that links begin with have no slash at the end", () => {
  const given = { PUBLIC_URL: "https://api.example.com/", APP_URL: "https://example.com/app//" };
  expect(loadConfig(given)).toMatchObject({
    publicUrl: "https://api.example.com",
    appUrl: "https://example.com/app",
  });
});

test("a sender may have a name", () => {
  expect(loadConfig({ MAIL_FROM: '"Ada, Ltd" <ada@example.com>' }).mailFrom).toEqual({
    name: "Ada, Ltd",
    address: "ada@example.com",
  });
  expect(loadConfig({ MAIL_FROM: "ada@example.com" }).mailFrom).toEqual({
    address: "ada@example.com",
  });
});

test("a key ring keeps its order", () => {
  const key = randomBytes(32);
  const config = loadConfig({
    MASTER_KEYS: `new:${key.toString("base64")},old:${randomBytes(32).toString("base64")}`,
  });
  expect(config.masterKeys.map(({ id }) => id)).toEqual(["new", "old"]);
  expect(config.masterKeys[0]?.key.equals(key)).toBe(true);
});

test("the configuration cannot be changed", () => {
  const config = loadConfig({});
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.rateLimits)).toBe(true);
});

test.for([
  ["PORT", "http", 'PORT: expected a whole number from 0 to 65535, got "http"'],
  ["PORT", "65536", 'PORT: expected a whole number from 0 to 65535, got "65536"'],
  ["PORT", "1e3", 'PORT: expected a whole number from 0 to 65535, got "1e3"'],
  [
    "PLAN_DEFAULT",
    "gold",
    'PLAN_DEFAULT: expected one of free, starter, pro, enterprise, got "gold"',
  ],
  ["METRICS", "yes", 'METRICS: expected one of on, off, got "yes"'],
  ["PUBLIC_URL", "ftp://x", "PUBLIC_URL: expected a URL like http://… or https://…"],
  ["MAIL_PER_SECOND", "0", 'MAIL_PER_SECOND: expected a number above 0, up to 10000, got "0"'],
  ["MAIL_FROM", "Ada", 'MAIL_FROM: expected Name <address@example.com> or an address, got "Ada"'],
  ["MAIL_FROM", "a@b\r\nBcc: c@d", /^MAIL_FROM: expected/],
  [
    "RATE_LIMITS",
    "gold=1",
    'RATE_LIMITS: expected names among free, starter, pro, enterprise, got "gold"',
  ],
  [
    "RATE_LIMITS",
    "free=-1",
    'RATE_LIMITS: expected free=a whole number above 0, or none, got "free=-1"',
  ],
  [
    "WORKER_CONCURRENCY",
    "nights=none",
    /^WORKER_CONCURRENCY: expected nights=a whole number above 0, got/,
  ],
  ["CORS_ORIGINS", "https://a.example.com/path", /^CORS_ORIGINS: expected origins like/],
  ["IP_SALT", "short", "IP_SALT: expected 16 characters or more"],
  ["HEARTBEAT_MS", "6000", /^HEARTBEAT_MS: 6000 is more than a third of LEASE_MS \(15000\)/],
] as const)("%s=%s is refused by name", ([name, value, message]) => {
  expect(() => loadConfig({ [name]: value })).toThrow(message);
  expect(() => loadConfig({ [name]: value })).toThrow(InvalidSettings);
});

test.for([
  ["DATABASE_URL", "mysql://me:hunter2@db/ledger"],
  ["QUEUE_URL", "amqp://me:hunter2@mq"],
  ["SMTP_URL", "hunter2"],
  ["MASTER_KEYS", "a:hunter2"],
] as const)("a wrong %s is named, but what it holds is not repeated", ([name, value]) => {
  const load = (): unknown => loadConfig({ [name]: value });
  expect(load).toThrow(new RegExp(`^${name}: `));
  expect(load).not.toThrow("hunter2");
});

test("all that is wrong is said at once, a line each", () => {
  expect(() => loadConfig({ PORT: "x", LOG_LEVEL: "loud" })).toThrow(
    'PORT: expected a whole number from 0 to 65535, got "x"\nLOG_LEVEL: expected one of',
  );
});

test("files go to a bucket when all of its settings are there, and some of them are not enough", () => {
  const given = {
    S3_ENDPOINT: "https://s3.example.com/",
    S3_BUCKET: "files",
    S3_ACCESS_KEY_ID: "id",
    S3_SECRET_ACCESS_KEY: "hunter2/+",
  };
  expect(loadConfig({}).s3).toBeUndefined();
  expect(loadConfig(given).s3).toEqual({
    endpoint: "https://s3.example.com",
    region: "us-east-1",
    bucket: "files",
    accessKeyId: "id",
    secretAccessKey: "hunter2/+",
  });
  const { S3_BUCKET: _left, S3_ENDPOINT: _out, ...rest } = given;
  const load = () => loadConfig(rest);
  expect(load).toThrow(
    "S3_ENDPOINT: not set, although S3_ACCESS_KEY_ID is\nS3_BUCKET: not set, although S3_ACCESS_KEY_ID is",
  );
  expect(load).not.toThrow("hunter2");
});

test("a master key id may occur once", () => {
  const key = randomBytes(32).toString("base64");
  expect(() => loadConfig({ MASTER_KEYS: `a:${key},a:${key}` })).toThrow(
    "MASTER_KEYS: an id occurs twice",
  );
});

test("a client at a provider is two settings or none", () => {
  expect(() => loadConfig({ SLACK_CLIENT_ID: "1.2" })).toThrow(
    "SLACK_CLIENT_SECRET: not set, although SLACK_CLIENT_ID is",
  );
  expect(() => loadConfig({ STRIPE_SECRET_KEY: "sk_test_x" })).toThrow(
    "STRIPE_CLIENT_ID: not set, although STRIPE_SECRET_KEY is",
  );
  const { providers } = loadConfig({ SLACK_CLIENT_ID: "1.2", SLACK_CLIENT_SECRET: "s" });
  expect(providers.slack).toEqual({ clientId: "1.2", clientSecret: "s", url: undefined });
});
