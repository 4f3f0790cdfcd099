import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import {
  insertProject,
  updateProjectRow,
  type ProjectFields,
  type ProjectRow,
} from "../db/projects.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { getBillableClient } from "./create-invoice.ts";
import { requireRoom } from "./require-plan.ts";

/** Undefined leaves a field as it is, or as a new project has it. */
export type ProjectInput = { [K in keyof ProjectFields]?: ProjectFields[K] | undefined };

const blank: Omit<ProjectFields, "name" | "clientId"> = {
  status: "active",
  isArchived: false,
  billingMethod: "hourly",
  hourlyRate: null,
  budgetHours: null,
  budgetAmount: null,
  budgetPeriod: null,
  startDate: null,
  endDate: null,
};

/** Throws `InvalidInput` for a client that is not there or archived, and for dates in the wrong order. */
export async function createProject(
  tx: Tx,
  by: Acting,
  input: ProjectInput & Pick<ProjectFields, "name"> & { clientId: number },
): Promise<ProjectRow> {
  const { id: clientId } = await getBillableClient(tx, by.company.id, input.clientId);
  const fields = merge({ ...blank, name: input.name, clientId }, input);
  await requireRoom(tx, by, "projects");
  const project = await insertProject(tx, { ...fields, companyId: by.company.id, now: by.now });
  await recordProjectEvent(tx, by, "project.created", project);
  return project;
}

/** Changes a locked project. Time that was worked on it keeps its client and rate. */
export async function updateProject(
  tx: Tx,
  by: Acting,
  project: ProjectRow,
  input: ProjectInput,
): Promise<ProjectRow> {
  if (typeof input.clientId === "number" && input.clientId !== project.clientId) {
    await getBillableClient(tx, by.company.id, input.clientId);
  }
  const key = { companyId: by.company.id, id: project.id, now: by.now };
  const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, ...stored } = project;
  const updated = await updateProjectRow(tx, key, merge(stored, input));
  await recordProjectEvent(tx, by, "project.updated", updated);
  return updated;
}

/** Leaves an event about a project, with what it is now. Money in minor units. */
export async function recordProjectEvent(
  tx: Tx,
  by: Acting,
  type: string,
  project: ProjectRow,
): Promise<void> {
  await recordEvent(tx, {
    companyId: by.company.id,
    type,
    subjectType: "project",
    subjectId: project.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: {
      name: project.name,
      client_id: project.clientId,
      status: project.status,
      is_archived: project.isArchived,
      billing_method: project.billingMethod,
      hourly_rate: project.hourlyRate,
      budget_hours: project.budgetHours,
      budget_amount: project.budgetAmount,
      budget_period: project.budgetPeriod,
    },
  });
}

/**
 * A project of status `archived` is archived, and back at `active` when it no longer is. One of another
 * status may be archived too, and keeps it.
 */
export function withArchiving(
  before: Pick<ProjectFields, "status" | "isArchived">,
  { status, isArchived }: Pick<ProjectInput, "status" | "isArchived">,
): Pick<ProjectFields, "status" | "isArchived"> {
  if (status === "archived") {
    if (isArchived !== false) return { status, isArchived: true };
    throw new InvalidInput({ is_archived: ["A project of status archived is archived."] });
  }
  const comesBack = before.status === "archived" && (status !== undefined || isArchived === false);
  return {
    status: status ?? (comesBack ? "active" : before.status),
    isArchived: isArchived ?? (comesBack ? false : before.isArchived),
  };
}

function merge(before: ProjectFields, input: ProjectInput): ProjectFields {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const fields: ProjectFields = {
    ...before,
    ...Object.fromEntries(given),
    ...withArchiving(before, input),
  };
  if (fields.budgetPeriod !== null && fields.budgetHours === null && fields.budgetAmount === null) {
    throw new InvalidInput({ budget_period: ["Needs budget_hours or budget_amount."] });
  }
  const { startDate, endDate } = fields;
  if (startDate !== null && endDate !== null && endDate < startDate) {
    const field = input.endDate === undefined ? "start_date" : "end_date";
    throw new InvalidInput({ [field]: ["The end date must not be before the start date."] });
  }
  return fields;
}
