import { z } from "zod";
import type { LocalDate } from "../../../billing/dates.ts";
import type { Days } from "../../../billing/periods.ts";
import {
  assessBudget,
  budgetPeriodOf,
  budgetPeriods,
  daysWithin,
  retainerRisks,
  type AssessedBudget,
} from "../../../billing/retainers.ts";
import { hoursOf, secondsOfHours } from "../../../billing/worked-time.ts";
import type { Sql } from "../../../db/client.ts";
import { listBudgetEntries, listBudgetUse, type BudgetUseRow } from "../../../db/retainers.ts";
import type { WorkedFilter } from "../../../db/unbilled-work.ts";
import { dateJson } from "../../answers.ts";
import { amountsJson, minorJson, moneyJson } from "../../units.ts";
import { presentHours } from "../projects/schema.ts";
import { amountsByCurrency, currenciesOf } from "../reports/by-currency.ts";
import { recordsJson } from "../reports/work-filter.ts";

export const retainerRiskJson = z.object({
  projects_by_risk: z.record(z.enum(retainerRisks), recordsJson),
  over_amount_by_currency: amountsJson.meta({
    description: "What was worked beyond the budgets of all projects, minor units by currency.",
  }),
  projects: z.array(
    z.object({
      project_id: z.int(),
      project_name: z.string(),
      client_id: z.int().nullable(),
      client_name: z.string().nullable(),
      currency: z.string(),
      risk: z.enum(retainerRisks),
      budget_period: z.enum(budgetPeriods).nullable(),
      period: z.object({ start: dateJson.nullable(), end: dateJson.nullable() }),
      budget_hours: z.number().nullable(),
      used_hours: z.number(),
      budget_amount: minorJson.nullable(),
      used_amount: minorJson,
      used_percent: z.number().meta({ description: "Of the budget of which more is used." }),
      over_hours: z.number(),
      over_amount: moneyJson("What was worked beyond the budget."),
      time_entries: recordsJson,
    }),
  ),
});

interface Project extends AssessedBudget {
  row: BudgetUseRow;
  period: { start: LocalDate | null; end: LocalDate | null };
}

/** How the budgets of projects at work stand on a day, the most pressing first. */
export async function answerRetainerRisk(
  sql: Sql,
  filter: WorkedFilter & { limit: number; asOf: LocalDate },
) {
  const { companyId, asOf, limit } = filter;
  const periods = new Map(budgetPeriods.map((kind) => [kind, budgetPeriodOf(kind, asOf)]));
  const rows = await listBudgetUse(sql, { ...filter, periods, until: asOf });
  const projects = rows
    .map((row) => {
      const period = row.budgetPeriod === null ? undefined : periods.get(row.budgetPeriod);
      return assess(row, period, asOf);
    })
    .toSorted(
      (a, b) =>
        retainerRisks.indexOf(a.risk) - retainerRisks.indexOf(b.risk) ||
        b.usedPercent - a.usedPercent ||
        a.row.projectId - b.row.projectId,
    );
  const shown = projects.slice(0, limit);
  const entries = await listBudgetEntries(sql, {
    companyId,
    projects: shown.map(({ row, period }) => ({
      projectId: row.projectId,
      from: row.budgetPeriod === null ? null : period.start,
    })),
    until: asOf,
    limit,
  });
  const over = projects.map(({ row, overAmount }) => ({ currency: row.currency, overAmount }));
  return {
    projects_by_risk: Object.fromEntries(
      retainerRisks.map((risk) => {
        const ids = projects.flatMap(({ row, ...of }) => (of.risk === risk ? row.projectId : []));
        const lowest = ids.toSorted((a, b) => a - b).slice(0, limit);
        return [risk, { ids: lowest, count: ids.length }];
      }),
    ),
    over_amount_by_currency: amountsByCurrency(
      currenciesOf(filter.currency, over),
      over,
      (row) => row.overAmount,
    ),
    projects: shown.map((project) => present(project, entries.get(project.row.projectId) ?? [])),
  };
}

/** @param period the calendar's, of a budget that begins anew */
function assess(row: BudgetUseRow, period: Days | undefined, asOf: LocalDate): Project {
  const { budgetHours, startDate: start, endDate: end } = row;
  const ofProject = start === null || end === null ? null : { start, end };
  const assessed = assessBudget({
    budgetSeconds: budgetHours === null ? null : secondsOfHours(budgetHours),
    budgetAmount: row.budgetAmount,
    usedSeconds: row.usedDuration,
    usedAmount: row.usedAmount,
    days: period === undefined ? ofProject : daysWithin(period, { start, end }),
    asOf,
    isRetainer: period !== undefined,
  });
  return { row, period: period ?? { start, end }, ...assessed };
}

function present({ row, ...project }: Project, ids: readonly bigint[]) {
  return {
    project_id: row.projectId,
    project_name: row.projectName,
    client_id: row.clientId,
    client_name: row.clientName,
    currency: row.currency,
    risk: project.risk,
    budget_period: row.budgetPeriod,
    period: project.period,
    budget_hours: presentHours(row.budgetHours),
    used_hours: hoursOf(row.usedDuration),
    budget_amount: row.budgetAmount,
    used_amount: row.usedAmount,
    used_percent: project.usedPercent,
    over_hours: hoursOf(project.overSeconds),
    over_amount: project.overAmount,
    time_entries: { ids, count: row.entries },
  };
}
