import { z } from "zod";
import type { Sql, Tx } from "../../../db/client.ts";
import { findClient } from "../../../db/clients.ts";
import { getInvoicedClient } from "../../../db/invoice-references.ts";
import { listProjectMembers } from "../../../db/project-members.ts";
import { findProject, lockProjects, type ProjectRow } from "../../../db/projects.ts";
import { NotFound } from "../../../errors.ts";
import type { Answer } from "../../answers.ts";
import type { CompanyContext, DatabaseOf } from "../../context.ts";
import { clientJson, presentClient } from "../clients/schema.ts";
import { loadTags } from "../tags/tags-of-records.ts";
import { memberJson, presentMember } from "./member-schema.ts";
import { presentProject, taggedProjectJson } from "./schema.ts";

/** Which project; asked for under a client, it must be that client's. */
export interface ProjectPath {
  id: number;
  clientId?: number;
}

export const projectAnswer = z.object({ data: taggedProjectJson });
export const projectDetailAnswer = z.object({
  data: taggedProjectJson.extend({
    client: clientJson
      .nullable()
      .optional()
      .meta({ description: "Left out without clients:read." }),
    members: z.array(memberJson),
  }),
});

/** A project with its client and members. */
export async function answerProjectDetail(
  context: CompanyContext & DatabaseOf<"get", true>,
  path: ProjectPath,
): Promise<Answer> {
  const { sql, company, mayUse } = context;
  const companyId = company.id;
  await checkClient(sql, companyId, path);
  const project = checkPath(await findProject(sql, { companyId, id: path.id }), path);
  const { clientId } = project;
  const showsClient = mayUse("clients:read");
  const [client, members, tagsOf] = await Promise.all([
    showsClient && clientId !== null ? getInvoicedClient(sql, { companyId, clientId }) : null,
    listProjectMembers(sql, { companyId, projectId: project.id }),
    loadTags(sql, context, "project", [project.id]),
  ]);
  return {
    status: 200,
    body: {
      data: {
        ...presentProject(project),
        ...tagsOf(project.id),
        ...(showsClient ? { client: client === null ? null : presentClient(client) } : {}),
        members: members.map(presentMember),
      },
    },
    version: project,
  };
}

/** A project, for who has just written it. */
export async function answerProject(
  context: CompanyContext & DatabaseOf<"put", true>,
  project: ProjectRow,
): Promise<Answer> {
  const tagsOf = await loadTags(context.tx, context, "project", [project.id]);
  const data = { ...presentProject(project), ...tagsOf(project.id) };
  return { status: 200, body: { data }, version: project };
}

/** A project to be changed. Throws NotFound. */
export async function lockProject(
  { tx, company }: CompanyContext & { tx: Tx },
  path: ProjectPath,
): Promise<ProjectRow> {
  await checkClient(tx, company.id, path);
  const [found] = await lockProjects(tx, { companyId: company.id, ids: [path.id] });
  return checkPath(found, path);
}

async function checkClient(
  sql: Sql | Tx,
  companyId: number,
  { clientId }: ProjectPath,
): Promise<void> {
  if (clientId === undefined) return;
  const client = await findClient(sql, { companyId, id: clientId });
  if (client === undefined) throw new NotFound("Client");
}

function checkPath(project: ProjectRow | undefined, { clientId }: ProjectPath): ProjectRow {
  if (project === undefined || (clientId !== undefined && project.clientId !== clientId)) {
    throw new NotFound("Project");
  }
  return project;
}
