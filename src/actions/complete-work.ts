import type { Sql, Tx } from "../db/client.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { TimeEntryFields } from "../db/time-entries.ts";
import {
  listWorkClients,
  listWorkProjects,
  listWorkServices,
  listWorkTasks,
  type WorkProjectRow,
  type WorkServiceRow,
} from "../db/work-references.ts";
import { InvalidInput, NotFound } from "../errors.ts";
import { byId } from "./by-id.ts";

/** For whom, on what and for how much somebody works. */
export type Work = Pick<
  TimeEntryFields,
  "clientId" | "projectId" | "serviceId" | "taskId" | "isBillable" | "hourlyRate"
>;

export interface WorkInput {
  /** Left out: the project's, or the task's. */
  clientId?: number | null | undefined;
  /** Null: the task's, if there is one. */
  projectId: number | null;
  serviceId: number | null;
  taskId?: number | null | undefined;
  /** Left out: as the task is, or else true, unless the project is not billable. */
  isBillable?: boolean | undefined;
  /** Left out or null: the task's, or else resolved. */
  hourlyRate?: bigint | null | undefined;
}

export interface ResolvedRate {
  /** Minor units an hour; null when nobody has said one. */
  rate: bigint | null;
  source: "project" | "service" | "member" | "company" | null;
}

/**
 * Fills in what is left out of some work of one user, and checks that what it names is there.
 * `stored` is what an entry names already: that may have been deleted since. Throws `InvalidInput`;
 * `fieldOf` names the field.
 */
export async function completeWork(
  tx: Tx,
  company: CompanyRow,
  input: {
    userId: number;
    works: readonly WorkInput[];
    stored?: Work;
    fieldOf: (index: number, field: string) => string;
  },
): Promise<Work[]> {
  const { stored, fieldOf } = input;
  const companyId = company.id;
  // One after the other: a transaction is one connection.
  const tasks = byId(await listWorkTasks(tx, { companyId, ids: idsOf(input.works, "taskId") }));
  const works = input.works.map((work) => ({
    ...work,
    projectId: work.projectId ?? tasks.get(work.taskId ?? 0)?.projectId ?? null,
  }));
  const projects = byId(
    await listWorkProjects(tx, {
      companyId,
      userId: input.userId,
      ids: idsOf(works, "projectId"),
    }),
  );
  const services = byId(await listWorkServices(tx, { companyId, ids: idsOf(works, "serviceId") }));
  const clients = byId(await listWorkClients(tx, { companyId, ids: idsOf(works, "clientId") }));

  return works.map((work, index): Work => {
    const named = <Row extends { isDeleted: boolean }>(
      rows: ReadonlyMap<number, Row>,
      id: number | null | undefined,
      storedId: number | null | undefined,
      what: string,
    ): Row | undefined => {
      if (id === null || id === undefined) return undefined;
      const row = rows.get(id);
      if (row !== undefined && (!row.isDeleted || id === storedId)) return row;
      throw new InvalidInput({
        [fieldOf(index, `${what}_id`)]: [`There is no such ${what}.`],
      });
    };
    const project = named(projects, work.projectId, stored?.projectId, "project");
    const service = named(services, work.serviceId, stored?.serviceId, "service");
    const task = named(tasks, work.taskId, stored?.taskId, "task");
    named(clients, work.clientId, stored?.clientId, "client");
    const clientId =
      work.clientId === undefined ? (project?.clientId ?? task?.clientId ?? null) : work.clientId;
    const isAsStored =
      clientId === stored?.clientId &&
      work.projectId === stored.projectId &&
      (task?.id ?? null) === stored.taskId;
    const owner = project?.clientId ?? null;
    if (!isAsStored && owner !== null && clientId !== null && clientId !== owner) {
      const field = work.clientId === undefined ? "project_id" : "client_id";
      throw new InvalidInput({
        [fieldOf(index, field)]: ["The project belongs to another client."],
      });
    }
    if (!isAsStored && task !== undefined) {
      const isElsewhere =
        isOther(task.projectId, work.projectId) || isOther(task.clientId, clientId ?? owner);
      if (isElsewhere) {
        throw new InvalidInput({
          [fieldOf(index, "task_id")]: ["The task is one of another project or client."],
        });
      }
    }
    return {
      clientId: clientId ?? owner,
      projectId: work.projectId,
      serviceId: work.serviceId,
      taskId: work.taskId ?? null,
      isBillable: work.isBillable ?? task?.isBillable ?? project?.billingMethod !== "non_billable",
      hourlyRate: work.hourlyRate ?? task?.hourlyRate ?? chooseRate(company, project, service).rate,
    };
  });
}

/** The rate that work on this project and service gets by itself. A wrong id is not found. */
export async function resolveRate(
  sql: Sql,
  company: CompanyRow,
  work: { userId: number; projectId: number | undefined; serviceId: number | undefined },
): Promise<ResolvedRate> {
  const { userId, projectId, serviceId } = work;
  const [projects, services] = await Promise.all([
    projectId === undefined
      ? []
      : listWorkProjects(sql, { companyId: company.id, userId, ids: [projectId] }),
    serviceId === undefined
      ? []
      : listWorkServices(sql, { companyId: company.id, ids: [serviceId] }),
  ]);
  const project = projects.find(({ isDeleted }) => !isDeleted);
  const service = services.find(({ isDeleted }) => !isDeleted);
  if (projectId !== undefined && project === undefined) throw new NotFound("Project");
  if (serviceId !== undefined && service === undefined) throw new NotFound("Service");
  return chooseRate(company, project, service);
}

/**
 * Project, service, company. A member's own rate on the project stands in for the company's default
 * and for nothing else, as the base contract has it.
 */
function chooseRate(
  company: Pick<CompanyRow, "defaultHourlyRate">,
  project: Pick<WorkProjectRow, "hourlyRate" | "memberRate"> | undefined,
  service: Pick<WorkServiceRow, "defaultRate"> | undefined,
): ResolvedRate {
  const candidates = [
    { rate: project?.hourlyRate ?? null, source: "project" },
    { rate: service?.defaultRate ?? null, source: "service" },
    { rate: project?.memberRate ?? null, source: "member" },
    { rate: company.defaultHourlyRate, source: "company" },
  ] as const;
  return candidates.find(({ rate }) => rate !== null) ?? { rate: null, source: null };
}

function isOther(of: number | null, own: number | null): boolean {
  return of !== null && of !== own;
}

function idsOf(
  works: readonly WorkInput[],
  key: "clientId" | "projectId" | "serviceId" | "taskId",
): number[] {
  return [...new Set(works.flatMap((work) => work[key] ?? []))];
}
