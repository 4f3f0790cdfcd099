import { createRecurringInvoice } from "../../actions/create-recurring-invoice.ts";
import { saveLateFees } from "../../actions/save-late-fees.ts";
import { createReminder } from "../../actions/save-reminder.ts";
import { startTestClock } from "../../actions/start-test-clock.ts";
import type { LocalDate } from "../../billing/dates.ts";
import type { Platform } from "../../bootstrap.ts";
import { insertClient } from "../../db/clients.ts";
import type { Tx } from "../../db/client.ts";
import { findCompany, updateCompany, type CompanyRow } from "../../db/companies.ts";
import { recordEvent } from "../../db/events.ts";
import { inTransaction } from "../../db/transaction.ts";
import { findUserForSignIn } from "../../db/users.ts";
import { foundCompany } from "../owner.ts";
import { makeClients } from "./clients.ts";
import { makeSeries } from "./series.ts";
import { noonOf, TIMEZONE } from "./days.ts";

const OWNER = { name: "Robin Harbour", email: "robin@harbourandpine.example" };

const REMINDERS = [
  { reminderNumber: 1, daysOffset: -3 },
  { reminderNumber: 2, daysOffset: 3 },
  { reminderNumber: 3, daysOffset: 10 },
] as const;

export interface DemoCompany {
  userId: number;
  companyId: number;
}

/** The demo company of an earlier start. */
export async function findDemoCompany({ sql }: Platform): Promise<DemoCompany | undefined> {
  const user = await findUserForSignIn(sql, OWNER.email);
  if (user === undefined || user.currentCompanyId === null) return undefined;
  return { userId: user.id, companyId: user.currentCompanyId };
}

/**
 * A design studio with its clients and series, living at a test clock that stands at noon of `from`.
 * One transaction: a start that is killed leaves nothing half made.
 */
export async function loadBook(platform: Platform, from: LocalDate): Promise<DemoCompany> {
  const { sql, clock } = platform;
  const now = noonOf(from);
  return await inTransaction(sql, async (tx) => {
    const { userId, company: blank } = await foundCompany(tx, {
      owner: OWNER,
      name: "Harbour & Pine Studio",
      now: clock.now(),
    });
    await furnish(tx, blank, now);
    await startTestClock(tx, { companyId: blank.id, now });
    const company = await findCompany(tx, blank.id);
    if (company === undefined) throw new Error("the demo company is gone");
    await loadCustomers(tx, { company, userId, now, from });
    return { userId, companyId: company.id };
  });
}

async function furnish(tx: Tx, blank: CompanyRow, now: Date): Promise<void> {
  const companyId = blank.id;
  await updateCompany(tx, companyId, {
    ...blank,
    legalName: "Harbour & Pine Studio Inc.",
    email: "billing@harbourandpine.example",
    phone: "+1 514 555 0142",
    addressLine1: "88 Quay West",
    city: "Montréal",
    state: "QC",
    postalCode: "H2Y 1A1",
    country: "CA",
    currency: "CAD",
    taxNumber: "123456789 RT0001",
    invoicePrefix: "HP-",
    defaultPaymentTerms: 14,
    defaultTaxName1: "GST",
    defaultTaxRate1: "500",
    defaultTaxName2: "QST",
    defaultTaxRate2: "997.5",
    timezone: TIMEZONE,
    now,
  });
  await saveLateFees(tx, { companyId, now, type: "percentage", value: 200_000n, days: 7 });
  for (const stage of REMINDERS) await createReminder(tx, { companyId, now }, stage);
}

async function loadCustomers(
  tx: Tx,
  input: { company: CompanyRow; userId: number; now: Date; from: LocalDate },
): Promise<void> {
  const { company, userId, now, from } = input;
  const clients = makeClients();
  const ids: number[] = [];
  for (const client of clients) {
    const { id } = await insertClient(tx, {
      ...client,
      companyId: company.id,
      phone: null,
      addressLine2: null,
      state: null,
      notes: null,
      isArchived: false,
      now,
    });
    ids.push(id);
    await recordEvent(tx, {
      companyId: company.id,
      type: "client.created",
      subjectType: "client",
      subjectId: id,
      causerId: userId,
      occurredAt: now,
    });
  }
  const by = { company, causerId: userId, now };
  for (const { client, ...series } of makeSeries(clients, from)) {
    const clientId = ids[client];
    if (clientId === undefined) throw new Error(`there is no demo client ${client}`);
    await createRecurringInvoice(tx, by, { ...series, clientId });
  }
}
