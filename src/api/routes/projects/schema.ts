import { z } from "zod";
import type { ProjectInput } from "../../../actions/save-project.ts";
import { formatScaled } from "../../../billing/money.ts";
import { budgetPeriods } from "../../../billing/retainers.ts";
import { billingMethods, projectStatuses, type ProjectRow } from "../../../db/projects.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import { decimal, localDate, moneyMinor, requiredText } from "../../inputs.ts";
import { minorJson } from "../../units.ts";
import { idInBody } from "../invoices/line-inputs.ts";
import { tagsInBody, tagsJson } from "../tags/tags-of-records.ts";

export const projectJson = z
  .object({
    id: z.int(),
    client_id: z.int().nullable(),
    name: z.string(),
    status: z.enum(projectStatuses),
    is_archived: z.boolean(),
    billing_method: z.enum(billingMethods),
    hourly_rate: minorJson.nullable().meta({ description: "Minor units an hour." }),
    budget_hours: z.number().nullable(),
    budget_amount: minorJson.nullable(),
    budget_period: z.enum(budgetPeriods).nullable().meta({
      description: "How often the budget begins anew; null: it is for all of the project.",
    }),
    start_date: dateJson.nullable(),
    end_date: dateJson.nullable(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Project" });

export const taggedProjectJson = projectJson.extend({ tags: tagsJson });

export function presentProject(project: ProjectRow) {
  return {
    id: project.id,
    client_id: project.clientId,
    name: project.name,
    status: project.status,
    is_archived: project.isArchived,
    billing_method: project.billingMethod,
    hourly_rate: project.hourlyRate,
    budget_hours: presentHours(project.budgetHours),
    budget_amount: project.budgetAmount,
    budget_period: project.budgetPeriod,
    start_date: project.startDate,
    end_date: project.endDate,
    created_at: presentInstant(project.createdAt),
    updated_at: presentInstant(project.updatedAt),
  };
}

/** Hours as kept ("12.5000") to a number. */
export function presentHours(hours: string | null): number | null {
  return hours === null ? null : Number(hours);
}

const hours = decimal({
  places: 4,
  min: 0n,
  max: 99_999_999_9999n,
  text: "Must be at least 0 hours, with at most 4 decimals.",
});

/** What may be said about a project; a new one needs a client and a name. */
export const projectBody = z.strictObject({
  client_id: idInBody.optional(),
  name: requiredText(255).optional(),
  status: z.enum(projectStatuses).optional(),
  billing_method: z.enum(billingMethods).optional(),
  hourly_rate: moneyMinor.nullable().optional(),
  budget_hours: hours.nullable().optional(),
  budget_amount: moneyMinor.nullable().optional(),
  budget_period: z.enum(budgetPeriods).nullable().optional(),
  start_date: localDate.nullable().optional(),
  end_date: localDate.nullable().optional(),
  is_archived: z.boolean().optional(),
  tags: tagsInBody.optional(),
});

/** What a request gives, in the names of the row. */
export function projectInput(body: z.output<typeof projectBody>): ProjectInput {
  const { budget_hours: budgetHours } = body;
  return {
    clientId: body.client_id,
    name: body.name,
    status: body.status,
    billingMethod: body.billing_method,
    hourlyRate: body.hourly_rate,
    budgetHours: typeof budgetHours === "bigint" ? formatScaled(budgetHours, 4) : budgetHours,
    budgetAmount: body.budget_amount,
    budgetPeriod: body.budget_period,
    startDate: body.start_date,
    endDate: body.end_date,
    isArchived: body.is_archived,
  };
}
