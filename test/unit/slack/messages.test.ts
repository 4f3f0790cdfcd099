import { expect, test } from "vitest";
import { judgeBlocks } from "../../../sandbox/slack/blocks.ts";
import { blocksOf, plainTextOf } from "../../../src/connectors/slack/blocks.ts";
import type { SlackAlert } from "../../../src/connectors/slack/contract.ts";
import type { AlertEventRow } from "../../../src/db/slack-alerts.ts";
import { alertTypeNames } from "../../../src/jobs/slack/alert-types.ts";
import { composeAlert, type AlertMatter } from "../../../src/jobs/slack/compose-alert.ts";

const event = (fields: Partial<AlertEventRow> = {}): AlertEventRow => ({
  eventId: 1,
  subjectType: "invoice",
  subjectId: 7,
  payload: {},
  occurredAt: new Date("2026-03-01T05:30:00Z"),
  number: "INV-7",
  clientName: "Pine",
  dueDate: "2026-02-28",
  currency: "USD",
  amount: 123_450n,
  ...fields,
});

const compose = (fields: Partial<AlertMatter>): SlackAlert =>
  composeAlert({
    company: { name: "Studio", timezone: "America/Chicago" },
    pages: { appUrl: undefined, consoleUrl: "https://back.test/console" },
    eventType: "invoice.overdue",
    count: 1,
    events: [event()],
    sums: [],
    ...fields,
  });

test("one event is told with its facts, in its currency and on the company's clock", () => {
  expect(compose({})).toEqual({
    title: "Invoice INV-7 is overdue",
    facts: [
      { label: "Client", value: "Pine" },
      { label: "Amount due", value: "$1,234.50" },
      { label: "Due", value: "28 February 2026" },
    ],
    lines: [],
    link: { label: "Open the console", url: "https://back.test/console" },
    footer: "Studio · 28 February 2026, 23:30",
  });
  const told = (eventType: string, fields: Partial<AlertEventRow>) => {
    const { title, facts } = compose({ eventType, events: [event(fields)] });
    return [title, ...facts.map(({ label, value }) => `${label}: ${value}`)];
  };
  const yen = { currency: "JPY", amount: 1_234n, dueDate: null };
  expect(told("payment.received", { ...yen, payload: { reference: "A1" } })).toEqual([
    "Invoice INV-7 got a payment",
    "Client: Pine",
    "Amount: ¥1,234",
    "Reference: A1",
  ]);
  // A code that was withdrawn long ago is shown as it is kept.
  expect(told("invoice.paid", { currency: "DEM", dueDate: null })[2]).toBe("Total: 123450 DEM");
  const connection = { subjectType: "connection", clientName: null, number: null, amount: null };
  expect(
    told("connection.needs_reauth", {
      ...connection,
      payload: { provider: "freshbooks", reason: "invalid_grant" },
    }),
  ).toEqual(["FreshBooks has to be connected again", "Reason: invalid_grant"]);
  const item = {
    ...connection,
    subjectType: "attention",
    payload: { title: "A series is parked" },
  };
  expect(told("attention.raised", item)).toEqual(["A series is parked"]);
  const night = { ...connection, subjectType: "night" };
  const step = { count: 0, amounts: {} };
  const report = {
    generated: { count: 1_200, amounts: { USD: 12_000_000, EUR: 50 } },
    overdue: step,
    fees: step,
    reminders: { queued: 3, blocked: 0 },
    skipped: { count: 0 },
    parked: { count: 1 },
  };
  const date = { business_date: "2026-03-01" };
  expect(told("night.completed", { ...night, payload: { ...date, ...report } })).toEqual([
    "The night of 1 March 2026 is done",
    "Invoices created: 1,200 (€0.50 + $120,000.00)",
    "Reminders: 3",
    "Recurring invoices parked: 1",
  ]);
  const held = { ...date, reason: "too many invoices", preview: report };
  expect(told("night.held", { ...night, payload: held }).slice(0, 2)).toEqual([
    "The night of 1 March 2026 is held",
    "Reason: too many invoices",
  ]);
});

test("many events are told with their number, their sums and the first few", () => {
  const events = [1, 2, 3, 4, 5].map((number) => event({ number: `INV-${number}` }));
  const pages = { appUrl: "https://app.test", consoleUrl: undefined };
  const sums = [
    { currency: "EUR", amount: 5n },
    { currency: "USD", amount: 50_000_000n },
  ];
  expect(compose({ count: 500, events, sums, pages })).toMatchObject({
    title: "500 invoices are overdue",
    facts: [
      { label: "Amount due in EUR", value: "€0.05" },
      { label: "Amount due in USD", value: "$500,000.00" },
    ],
    lines: [
      {
        text: "Invoice INV-1 · Pine · $1,234.50 · due 28 February 2026",
        url: "https://app.test/invoices/7",
      },
      ...[2, 3, 4, 5].map((number) => ({ text: expect.stringContaining(`INV-${number} ·`) })),
      { text: "and 495 more" },
    ],
    link: undefined,
  });
});

test("whatever a company writes, a message is within Slack's limits and mentions nobody", () => {
  const long = `<!channel> & *bold* ${"🙂".repeat(5_000)}\n<https://evil.test|x>`;
  for (const eventType of alertTypeNames) {
    for (const count of [1, 900]) {
      for (const text of [long, "", " ", "\ud83d"]) {
        const events = Array.from({ length: Math.min(count, 5) }, () =>
          event({ number: text, clientName: text, payload: { title: text, reason: text } }),
        );
        const sums = Array.from({ length: 40 }, () => ({ currency: "USD", amount: 1n }));
        const company = { name: text, timezone: "UTC" };
        const alert = compose({ eventType, count, events, sums, company });
        const blocks = blocksOf(alert);
        const what = `${eventType} ${count} ${text.slice(0, 5)}`;
        expect(judgeBlocks(JSON.stringify(blocks)), what).toBeUndefined();
        expect(JSON.stringify(blocks), what).not.toContain('"mrkdwn"');
        const plain = plainTextOf(alert);
        expect(plain.length, what).toBeLessThanOrEqual(4_000);
        expect(plain, what).not.toMatch(/<|>|&(?!amp;|lt;|gt;)/);
      }
    }
  }
});

test("a link that Slack would refuse is left out", () => {
  const alert: SlackAlert = { title: "a", facts: [], lines: [], footer: "b" };
  const url = `https://app.test/${"a".repeat(3_000)}`;
  const lines = [{ text: "c", url }];
  expect(blocksOf({ ...alert, lines, link: { label: "Open", url } })).toEqual([
    { type: "header", text: { type: "plain_text", text: "a", emoji: false } },
    {
      type: "rich_text",
      elements: [
        {
          type: "rich_text_list",
          style: "bullet",
          elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "c" }] }],
        },
      ],
    },
    { type: "context", elements: [{ type: "plain_text", text: "b", emoji: false }] },
  ]);
});
