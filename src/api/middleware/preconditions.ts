import { getLockedWebhook } from "../../actions/change-webhooks.ts";
import { lockBranding } from "../../actions/save-branding.ts";
import { localDateOf, type LocalDate } from "../../billing/dates.ts";
import { lockBankAccount } from "../../db/bank-accounts.ts";
import { getNight } from "../../db/billing-nights.ts";
import type { Tx } from "../../db/client.ts";
import { lockClient } from "../../db/clients.ts";
import { lockCompany } from "../../db/companies.ts";
import { findRole } from "../../db/company-members.ts";
import { findContact } from "../../db/contacts.ts";
import { lockCredit } from "../../db/credits.ts";
import { lockDelivery } from "../../db/deliveries.ts";
import { lockExpenses } from "../../db/expenses.ts";
import { lockInvitation } from "../../db/invitations.ts";
import { getAdjustment } from "../../db/invoice-adjustments.ts";
import { getInvoiceLine } from "../../db/invoice-lines.ts";
import { lockInvoice } from "../../db/invoices.ts";
import { lockLabel } from "../../db/labels.ts";
import { lockOwnOAuthClient } from "../../db/oauth-clients.ts";
import { lockPaymentReminder } from "../../db/payment-reminders.ts";
import { getInvoicePayment, lockPayment } from "../../db/payments.ts";
import { lockProjects } from "../../db/projects.ts";
import { getQuoteLine } from "../../db/quote-lines.ts";
import { lockQuote } from "../../db/quotes.ts";
import { getRecurringInvoiceLine } from "../../db/recurring-invoice-lines.ts";
import { lockRecurringInvoice } from "../../db/recurring-invoices.ts";
import { lockRule } from "../../db/rules.ts";
import { lockScheduleEntry } from "../../db/schedule-entries.ts";
import { lockService } from "../../db/services.ts";
import { lockSlackRoutes } from "../../db/slack-routes.ts";
import { lockTaxRate } from "../../db/tax-rates.ts";
import { lockTask } from "../../db/tasks.ts";
import { lockTimeEntries } from "../../db/time-entries.ts";
import { lockUser } from "../../db/users.ts";
import { NotFound } from "../../errors.ts";
import { isIfMatch } from "../answers.ts";
import type { CompanyContext, PublicContext, SignedInContext } from "../context.ts";
import type { Route } from "../define-route.ts";
import { PreconditionFailed } from "../failures.ts";

/** Who asks, where and when, and with what in the address. */
interface Asked {
  context: PublicContext | SignedInContext | CompanyContext;
  params: unknown;
}

type FindRow = (
  tx: Tx,
  at: { userId: number; companyId: number; now: Date; today: LocalDate; ids: readonly number[] },
) => Promise<{ updatedAt: Date } | undefined>;

/**
 * The row that an address speaks of, by the address up to its last id: /invoices/:id/void speaks of
 * "/invoices/:". Locked, so that nobody changes it between the comparison and the change. What is not
 * here has no state that a caller could have seen.
 */
const rows: Readonly<Record<string, FindRow>> = {
  "/auth/user": async (tx, { userId }) => await lockUser(tx, userId),
  "/companies/:": async (tx, { userId, ids: [companyId = 0] }) => {
    const role = await findRole(tx, { companyId, userId });
    return role === undefined ? undefined : await lockCompany(tx, companyId);
  },
  "/companies/:/members/invitations/:": async (tx, { userId, ids: [companyId = 0, id = 0] }) => {
    const role = await findRole(tx, { companyId, userId });
    return role === undefined ? undefined : await lockInvitation(tx, { companyId, id });
  },
  "/settings": async (tx, { companyId }) => await lockCompany(tx, companyId),
  "/settings/business": async (tx, { companyId }) => await lockCompany(tx, companyId),
  "/settings/invoice": async (tx, { companyId }) => await lockCompany(tx, companyId),
  "/settings/locale": async (tx, { companyId }) => await lockCompany(tx, companyId),
  "/settings/late-fees": async (tx, { companyId }) => await lockCompany(tx, companyId),
  "/settings/branding": lockBranding,
  "/settings/branding/logo": lockBranding,
  "/settings/reminders/:": async (tx, { companyId, ids: [id = 0] }) =>
    await lockPaymentReminder(tx, { companyId, id }),
  "/settings/bank-accounts/:": async (tx, { companyId, ids: [id = 0] }) =>
    await lockBankAccount(tx, { companyId, id }),
  "/settings/oauth-clients/:": async (tx, { companyId, ids: [id = 0] }) =>
    await lockOwnOAuthClient(tx, { companyId, id }),
  "/clients/:": async (tx, { companyId, ids: [id = 0] }) => await lockClient(tx, { companyId, id }),
  "/clients/:/contacts/:": async (tx, { companyId, ids: [clientId = 0, id = 0] }) => {
    await lockClient(tx, { companyId, id: clientId });
    return await findContact(tx, { companyId, clientId, id });
  },
  "/services/:": async (tx, { companyId, ids: [id = 0] }) =>
    await lockService(tx, { companyId, id }),
  "/projects/:": async (tx, { companyId, ids }) => (await lockProjects(tx, { companyId, ids }))[0],
  "/clients/:/projects/:": async (tx, { companyId, ids: [, id = 0] }) =>
    (await lockProjects(tx, { companyId, ids: [id] }))[0],
  "/categories/:": async (tx, { companyId, ids: [id = 0] }) =>
    await lockLabel(tx, { kind: "category", companyId, id }),
  "/tags/:": async (tx, { companyId, ids: [id = 0] }) =>
    await lockLabel(tx, { kind: "tag", companyId, id }),
  "/rules/:": async (tx, { companyId, ids: [id = 0] }) => await lockRule(tx, { companyId, id }),
  "/tax-rates/:": async (tx, { companyId, ids: [id = 0] }) =>
    await lockTaxRate(tx, { companyId, id }),
  "/schedule/:": async (tx, { companyId, ids: [id = 0] }) => {
    const entry = await lockScheduleEntry(tx, { companyId, id });
    return entry?.deletedAt === null ? entry : undefined;
  },
  "/tasks/:": async (tx, { companyId, ids: [id = 0] }) => await lockTask(tx, { companyId, id }),
  "/tasks/:/activities/:": async (tx, { companyId, ids: [taskId, id = 0] }) =>
    (await lockTimeEntries(tx, { companyId, ids: [id] })).find((entry) => entry.taskId === taskId),
  "/time-entries/:": async (tx, { companyId, ids }) =>
    (await lockTimeEntries(tx, { companyId, ids }))[0],
  "/expenses/:": async (tx, { companyId, ids }) => (await lockExpenses(tx, { companyId, ids }))[0],
  "/quotes/:": async (tx, { companyId, today, ids: [id = 0] }) =>
    await lockQuote(tx, { companyId, id, today }),
  "/quotes/:/line-items/:": async (tx, { companyId, today, ids: [quoteId = 0, id = 0] }) => {
    await lockQuote(tx, { companyId, id: quoteId, today });
    return await getQuoteLine(tx, { companyId, quoteId, id });
  },
  "/invoices/:": async (tx, { companyId, ids: [id = 0] }) =>
    await lockInvoice(tx, { companyId, id }),
  "/invoices/:/line-items/:": async (tx, { companyId, ids: [invoiceId = 0, id = 0] }) => {
    await lockInvoice(tx, { companyId, id: invoiceId });
    return await getInvoiceLine(tx, { companyId, invoiceId, id });
  },
  "/recurring-invoices/:": async (tx, { companyId, ids: [id = 0] }) =>
    await lockRecurringInvoice(tx, { companyId, id }),
  "/recurring-invoices/:/line-items/:": async (tx, { companyId, ids: [seriesId = 0, id = 0] }) => {
    await lockRecurringInvoice(tx, { companyId, id: seriesId });
    return await getRecurringInvoiceLine(tx, { companyId, seriesId, id });
  },
  "/credits/:": async (tx, { companyId, ids: [id = 0] }) => await lockCredit(tx, { companyId, id }),
  "/payments/:": async (tx, { companyId, ids: [id = 0] }) =>
    await lockPayment(tx, { companyId, id }),
  "/invoices/:/dispatches/:": async (tx, { companyId, ids: [invoiceId = 0, id = 0] }) => {
    await lockInvoice(tx, { companyId, id: invoiceId });
    return await lockDelivery(tx, { companyId, id });
  },
  "/invoices/:/adjustments/:": async (tx, { companyId, ids: [invoiceId = 0, id = 0] }) => {
    await lockInvoice(tx, { companyId, id: invoiceId });
    return await getAdjustment(tx, { companyId, invoiceId, id });
  },
  "/invoices/:/payments/:": async (tx, { companyId, ids: [invoiceId = 0, id = 0] }) => {
    await lockInvoice(tx, { companyId, id: invoiceId });
    return await getInvoicePayment(tx, { companyId, invoiceId, id });
  },
  "/integrations/slack/alerts/:": async (tx, { companyId, ids: [id = 0] }) =>
    (await lockSlackRoutes(tx, companyId)).find((route) => route.id === id),
  "/webhooks/:": async (tx, { companyId, ids: [id = 0] }) =>
    await getLockedWebhook(tx, { companyId, id }),
  // Not locked: what is done to these names the state that it ends.
  "/nights/:": async (tx, { companyId, ids: [id = 0] }) => await getNight(tx, { companyId, id }),
};

/** "/invoices/:/line-items/:" of /invoices/:id/line-items/:lineItemId; "/settings" of itself. */
function subjectOf({ path }: Route): string {
  const upToId = /^(.*\/:)\w+/.exec(path)?.[1] ?? path;
  return upToId.replaceAll(/:\w+/g, ":");
}

/** Whether a caller can make this change depend on the state that they have seen. */
export function heedsIfMatch(route: Route): boolean {
  return route.method !== "get" && rows[subjectOf(route)] !== undefined;
}

/**
 * Refuses a change for who has seen another state of its record than the present one (API.md rule
 * 10). Where there is no state to compare with, If-Match is refused rather than passed over: the
 * caller asked not to change blindly. Throws PreconditionFailed; NotFound as the change would.
 */
export async function checkIfMatch(
  tx: Tx,
  route: Route,
  { header, context, params }: Asked & { header: string | undefined },
): Promise<void> {
  if (header === undefined || header.trim() === "*") return;
  const find = rows[subjectOf(route)];
  if (find === undefined || !("user" in context)) {
    throw new PreconditionFailed("If-Match is of no use here: no ETag can be compared with it.");
  }
  const { user, company, clock } = context;
  const now = company?.testNow ?? clock.now();
  const row = await find(tx, {
    userId: user.id,
    companyId: company?.id ?? 0,
    now,
    today: localDateOf(now, company?.timezone ?? "UTC"),
    ids: idsIn(route, params),
  });
  if (row === undefined) throw new NotFound("Record");
  if (!isIfMatch(header, row)) throw new PreconditionFailed();
}

/** The ids of the address, in its order. */
function idsIn({ path }: Route, params: unknown): number[] {
  const given = new Map<string, unknown>(Object.entries(params ?? {}));
  return [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => Number(given.get(name)));
}
