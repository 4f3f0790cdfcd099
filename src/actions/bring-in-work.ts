import { pendingApproval } from "../billing/approvals.ts";
import {
  insertExpense,
  lockExpenses,
  updateExpenseRow,
  type ExpenseFields,
} from "../db/expenses.ts";
import {
  insertProject,
  lockProjects,
  updateProjectRow,
  type ProjectFields,
} from "../db/projects.ts";
import { insertService, lockService, updateService, type ServiceFields } from "../db/services.ts";
import { insertTaxRate, listTaxRatesByIds, updateTaxRateRow } from "../db/tax-rates.ts";
import {
  insertTimeEntries,
  lockTimeEntries,
  updateTimeEntryRow,
  type TimeEntryFields,
} from "../db/time-entries.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordTimeApprovalWithdrawn } from "./approve-time.ts";
import type { RecordWriter } from "./bring-in-records.ts";
import { requireFeature, requireRoom } from "./require-plan.ts";

export interface IncomingTaxRate {
  name: string;
  /** Basis points, decimal text with three places. */
  rate: string;
}

export const taxRateWriter: RecordWriter<IncomingTaxRate> = {
  kind: "tax-rate",
  subjectType: "tax-rate",
  async insert(tx, by, fields) {
    const { id } = await insertTaxRate(tx, { ...fields, companyId: by.company.id, now: by.now });
    return { id };
  },
  async read(tx, by, id) {
    const [rate] = await listTaxRatesByIds(tx, { companyId: by.company.id, ids: [id] });
    return rate && { name: rate.name, rate: rate.rate };
  },
  async overwrite(tx, by, id, fields) {
    await updateTaxRateRow(tx, { companyId: by.company.id, id }, { ...fields, updatedAt: by.now });
  },
};

/** Items and services over there are services here; `kind` keeps their ids apart. */
export function createServiceWriter(kind: "item" | "service"): RecordWriter<ServiceFields> {
  return {
    kind,
    subjectType: "service",
    async insert(tx, by, fields) {
      const { id } = await insertService(tx, { ...fields, companyId: by.company.id, now: by.now });
      return { id };
    },
    async read(tx, by, id) {
      const service = await lockService(tx, { companyId: by.company.id, id });
      if (service === undefined) return undefined;
      const { id: _id, createdAt: _created, updatedAt: _updated, ...facts } = service;
      return facts;
    },
    async overwrite(tx, by, id, fields) {
      await updateService(tx, { ...fields, companyId: by.company.id, id, now: by.now });
    },
  };
}

export const projectWriter: RecordWriter<ProjectFields> = {
  kind: "project",
  subjectType: "project",
  async insert(tx, by, fields) {
    await requireRoom(tx, by, "projects");
    const { id } = await insertProject(tx, { ...fields, companyId: by.company.id, now: by.now });
    return { id };
  },
  async read(tx, by, id) {
    const [project] = await lockProjects(tx, { companyId: by.company.id, ids: [id] });
    if (project === undefined) return undefined;
    const { id: _id, createdAt: _created, updatedAt: _updated, ...facts } = project;
    return facts;
  },
  async overwrite(tx, by, id, fields) {
    await updateProjectRow(tx, { companyId: by.company.id, id, now: by.now }, fields);
  },
};

export type IncomingExpense = ExpenseFields & { isBilled: boolean; isArchived: boolean };

/** Expenses are those of who asked for the import. */
export const expenseWriter: RecordWriter<IncomingExpense> = {
  kind: "expense",
  subjectType: "expense",
  async insert(tx, by, { isBilled, isArchived, ...fields }) {
    const key = { companyId: by.company.id, now: by.now };
    const { id } = await insertExpense(tx, { ...fields, ...key, userId: importerOf(by) });
    await updateExpenseRow(tx, { ...key, id }, { isBilled, isArchived });
    return { id };
  },
  async read(tx, by, id) {
    const [expense] = await lockExpenses(tx, { companyId: by.company.id, ids: [id] });
    if (expense === undefined) return undefined;
    const { id: _id, createdAt: _created, updatedAt: _updated, ...facts } = expense;
    return facts;
  },
  async overwrite(tx, by, id, fields) {
    const key = { companyId: by.company.id, id, now: by.now };
    const [expense] = await lockExpenses(tx, { companyId: key.companyId, ids: [id] });
    if (expense!.invoiceId !== null) throw new Conflict("It is billed by an invoice here.");
    await updateExpenseRow(tx, key, fields);
  },
};

/** Tasks are ours: what comes in is on none, and stays on the one that it was put on here. */
export type IncomingTime = Omit<TimeEntryFields, "taskId">;

/** Time is that of who asked for the import. */
export const timeWriter: RecordWriter<IncomingTime> = {
  kind: "time-entry",
  subjectType: "time-entry",
  async insert(tx, by, fields) {
    requireFeature(by.company, "timeTracking");
    const owner = { companyId: by.company.id, userId: importerOf(by), now: by.now };
    const [entry] = await insertTimeEntries(tx, owner, [{ ...fields, taskId: null }]);
    return { id: entry!.id };
  },
  async read(tx, by, id) {
    const [entry] = await lockTimeEntries(tx, { companyId: by.company.id, ids: [id] });
    if (entry === undefined) return undefined;
    const { id: _id, taskId: _task, createdAt: _created, updatedAt: _updated, ...facts } = entry;
    return facts;
  },
  async overwrite(tx, by, id, fields) {
    const key = { companyId: by.company.id, id, now: by.now };
    const [entry] = await lockTimeEntries(tx, { companyId: key.companyId, ids: [id] });
    if (entry!.invoiceId !== null) throw new Conflict("It is billed by an invoice here.");
    const written = { ...fields, taskId: entry!.taskId };
    const changed = await updateTimeEntryRow(tx, key, written, pendingApproval);
    await recordTimeApprovalWithdrawn(tx, by, entry!, changed);
  },
};

function importerOf({ causerId }: Acting): number {
  if (causerId === null) throw new Conflict("Nobody asked for the import whose it could be.");
  return causerId;
}
