import type { Acting } from "../../actions/acting.ts";
import type {
  IncomingExpense,
  IncomingTaxRate,
  IncomingTime,
} from "../../actions/bring-in-work.ts";
import type { Incoming } from "../../actions/bring-in-records.ts";
import { localDateOf } from "../../billing/dates.ts";
import { formatScaled } from "../../billing/money.ts";
import type {
  FbExpense,
  FbItem,
  FbProject,
  FbService,
  FbTax,
  FbTimeEntry,
} from "../../connectors/freshbooks/schemas.ts";
import type { ExpenseCategory } from "../../db/expenses.ts";
import type { ProjectFields } from "../../db/projects.ts";
import type { ServiceFields } from "../../db/services.ts";
import { rateText } from "./map-lines.ts";
import { limited, orNull } from "./texts.ts";
import { Unmappable } from "./unmappable.ts";
import { dateOf, minorOf, minorOfDecimal, scaledOf, utcInstant } from "./values.ts";

const NAME_MAX = 255;
/** A year of seconds: more is a clock that somebody forgot. */
const DURATION_MAX = 31_536_000;

export function mapTax(tax: FbTax): Incoming<IncomingTaxRate> {
  return {
    externalId: tax.id,
    fields: { name: limited(tax.name, 50) || `Tax ${tax.id}`, rate: rateText(tax.amount) },
    ...(tax.compound && {
      adjusted: {
        reason: "It is on top of another tax there; kept rates here stand by themselves.",
      },
    }),
  };
}

/** @param taxes what the item's taxes are here, by their ids there */
export function mapItem(
  item: FbItem,
  { company }: Acting,
  taxes: ReadonlyMap<string, IncomingTaxRate>,
): Incoming<ServiceFields> {
  const [first, second] = [item.tax1, item.tax2].flatMap((id) => taxes.get(id ?? "") ?? []);
  const cost = item.unit_cost;
  // A price list has one currency here: the company's.
  const isOurs = cost?.code === company.currency;
  const rate = cost === null || !isOurs ? null : minorOf(cost);
  if (rate !== null && rate < 0n) throw new Unmappable("Its price is below zero.");
  return {
    externalId: item.id,
    fields: {
      type: "service",
      name: limited(item.name, NAME_MAX) || `Item ${item.id}`,
      description: orNull(item.description, 2_000),
      defaultRate: rate,
      unit: null,
      taxName1: first?.name ?? null,
      taxRate1: first?.rate ?? null,
      taxName2: second?.name ?? null,
      taxRate2: second?.rate ?? null,
      isActive: item.vis_state === 0,
    },
    ...(cost !== null &&
      !isOurs && {
        adjusted: {
          reason: `Its price is in ${cost.code}, services here are in ${company.currency}: it has none.`,
          details: { there: cost },
        },
      }),
  };
}

export function mapService(service: FbService): Incoming<ServiceFields> {
  return {
    externalId: service.id,
    fields: {
      type: "service",
      name: limited(service.name, NAME_MAX) || `Service ${service.id}`,
      description: null,
      defaultRate: null,
      unit: null,
      taxName1: null,
      taxRate1: null,
      taxName2: null,
      taxRate2: null,
      isActive: service.vis_state === 0,
    },
  };
}

export function mapProject(
  project: FbProject,
  { clientId, currency }: { clientId: number | null; currency: string },
): Incoming<ProjectFields> {
  const money = (text: string | null) => {
    const amount = text === null ? null : minorOfDecimal(text, currency);
    return amount !== null && amount > 0n ? amount : null;
  };
  const { internal, project_type: type } = project;
  const isFixed = type === "fixed_price";
  const hours = project.budget === null ? 0n : scaledOf(project.budget, 4) / 3_600n;
  return {
    externalId: project.id,
    fields: {
      clientId,
      name: limited(project.title, NAME_MAX) || `Project ${project.id}`,
      status: project.complete ? "completed" : "active",
      isArchived: !project.active,
      billingMethod: internal ? "non_billable" : isFixed ? "flat_rate" : "hourly",
      hourlyRate: isFixed ? null : money(project.rate),
      budgetHours: hours > 0n ? formatScaled(hours, 4) : null,
      budgetAmount: isFixed ? money(project.fixed_price) : null,
      budgetPeriod: null,
      startDate: null,
      endDate: project.due_date === null ? null : dateOf(project.due_date),
    },
  };
}

const categories: readonly [RegExp, ExpenseCategory][] = [
  [/advert|marketing/i, "advertising"],
  [/bank|merchant|fee/i, "bank_fees"],
  [/contractor|subcontract|freelanc/i, "contractor_fees"],
  [/educat|training|conference/i, "education"],
  [/equipment|hardware|computer/i, "equipment"],
  [/insurance/i, "insurance"],
  [/meal|entertain|food/i, "meals"],
  [/office|suppl|postage|stationery/i, "office_supplies"],
  [/rent|lease/i, "rent"],
  [/software|hosting|subscription/i, "software"],
  [/travel|transport|car|vehicle|parking|gas|lodging/i, "travel_transport"],
  [/utilit|phone|internet|electric/i, "utilities"],
];

/** @param category its name over there */
export function mapExpense(
  expense: FbExpense,
  {
    clientId,
    projectId,
    category,
  }: { clientId: number | null; projectId: number | null; category: string },
): Incoming<IncomingExpense> {
  const total = minorOf(expense.amount);
  const tax = [expense.taxAmount1, expense.taxAmount2].reduce(
    (sum, money) => sum + (money === null ? 0n : minorOf(money, expense.amount.code)),
    0n,
  );
  const amount = total - tax;
  if (amount < 1n || tax < 0n) throw new Unmappable("It is of no amount above zero.");
  const isBilled = expense.invoiceid !== null;
  const hasTwo = expense.taxPercent1 !== null && expense.taxPercent2 !== null;
  return {
    externalId: expense.id,
    fields: {
      clientId,
      projectId,
      category: categories.find(([pattern]) => pattern.test(category))?.[1] ?? "other",
      vendor: orNull(expense.vendor, 255),
      description: orNull(expense.notes, 2_000) ?? orNull(category, 255),
      amount,
      currency: expense.amount.code,
      taxAmount: tax,
      taxName: orNull(expense.taxName1 || expense.taxName2, 50),
      taxRate: hasTwo ? "0.000" : rateText(expense.taxPercent1 ?? expense.taxPercent2 ?? "0"),
      expenseDate: dateOf(expense.date),
      isBillable: clientId !== null,
      reference: null,
      isBilled,
      isArchived: expense.vis_state !== 0,
    },
  };
}

/** Time counts on the day it was where the company is. */
export function mapTime(
  entry: FbTimeEntry,
  { company }: Acting,
  ids: Pick<IncomingTime, "clientId" | "projectId" | "serviceId">,
): Incoming<IncomingTime> {
  if (entry.timer) throw new Unmappable("Its timer still runs.");
  if (!entry.active) throw new Unmappable("It was deleted over there.");
  const { duration } = entry;
  if (duration < 0 || duration > DURATION_MAX) throw new Unmappable(`It took ${duration} seconds.`);
  return {
    externalId: entry.id,
    fields: {
      ...ids,
      date: localDateOf(utcInstant(entry.started_at), company.timezone),
      duration,
      isBillable: entry.billable,
      isBilled: entry.billed,
      hourlyRate: null,
      notes: orNull(entry.note, 2_000),
    },
  };
}
