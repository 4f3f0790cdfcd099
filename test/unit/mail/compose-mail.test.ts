import { expect, test } from "vitest";
import {
  composeInvoiceMail,
  composeReminderMail,
  type ReminderMailFacts,
} from "../../../src/actions/compose-mail.ts";

const facts: ReminderMailFacts = {
  invoiceNumber: "INV-00042",
  currency: "USD",
  total: 123_450n,
  amountDue: 23_450n,
  issueDate: "2026-03-01",
  dueDate: "2026-03-31",
  clientName: "Client Ltd",
  companyName: "Acme",
  subject: null,
  body: null,
  businessDate: "2026-04-07",
};

test("an invoice mail says who, what, how much and by when", () => {
  const { subject, text, html } = composeInvoiceMail(facts);
  expect(subject).toBe("Invoice INV-00042 from Acme");
  for (const part of [text, html]) {
    expect(part).toContain("Hello Client Ltd,");
    expect(part).toContain("$234.50");
    expect(part).toContain("31 March 2026");
  }
});

test("an invoice with nothing to pay asks for nothing", () => {
  const { text } = composeInvoiceMail({ ...facts, amountDue: 0n });
  expect(text).toContain("There is nothing left to pay.");
  expect(text).not.toContain("the amount due is");
});

test.for([
  ["2026-03-28", "Invoice INV-00042 is due on 31 March 2026", "is due on 31 March 2026."],
  ["2026-03-31", "Invoice INV-00042 is due today", "is due today."],
  ["2026-04-01", "Overdue: invoice INV-00042", "still outstanding"],
] as const)("on %s the standard reminder's subject is %s", ([businessDate, title, sentence]) => {
  const { subject, text } = composeReminderMail({ ...facts, businessDate });
  expect(subject).toBe(title);
  expect(text).toContain(sentence);
  expect(text).toContain("$234.50");
});

test("a reminder in the company's words still states number, outstanding amount and due date", () => {
  const { text, html } = composeReminderMail({ ...facts, subject: "Hey", body: "Pay up, please." });
  expect(text).toBe(
    "Pay up, please.\n\nInvoice: INV-00042\nAmount due: $234.50\nDue date: 31 March 2026\n",
  );
  expect(html).toContain("INV-00042");
  expect(html).toContain("$234.50");
});

test("all placeholders are filled, in the subject too", () => {
  const { subject, text } = composeReminderMail({
    ...facts,
    subject: "{{invoice.number}} for {{ client.name }}",
    body: "{{company.name}} waits for {{amount_due}} since {{due_date}}.",
  });
  expect(subject).toBe("INV-00042 for Client Ltd");
  expect(text).toContain("Acme waits for $234.50 since 31 March 2026.");
});

test("a name is text: no markup, no placeholder, no header comes to life in it", () => {
  const { subject, text, html } = composeReminderMail({
    ...facts,
    clientName: "<script>alert('x')</script> {{amount_due}} & $& Co",
    companyName: "Acme\r\nBcc: evil@x.test",
    subject: "For {{client.name}} by {{company.name}}\nBcc: evil@x.test",
    body: "Hello {{client.name}}",
  });
  expect(subject).not.toMatch(/[\r\n]/);
  expect(subject).toContain("by Acme Bcc: evil@x.test");
  expect(text).toContain("{{amount_due}} & $& Co");
  expect(html).not.toContain("<script>");
  expect(html).toContain(
    "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; {{amount_due}} &amp; $&amp; Co",
  );
});

test("paragraphs and line breaks are kept in both forms", () => {
  const { text, html } = composeReminderMail({ ...facts, body: "one\r\ntwo\r\n\r\nthree\u0000" });
  expect(text).toMatch(/^one\ntwo\n\nthree\n/);
  expect(html).toContain("one<br>\ntwo</p>");
  expect(html).not.toContain("\u0000");
});

test("a subject without end is shortened between characters", () => {
  const { subject } = composeReminderMail({ ...facts, subject: "😀".repeat(500) });
  expect(subject).toBe(`${"😀".repeat(199)}…`);
});
