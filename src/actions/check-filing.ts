import type { Tx } from "../db/client.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import { findLabel } from "../db/labels.ts";
import { findProject } from "../db/projects.ts";
import { InvalidInput } from "../errors.ts";

/** Whose an invoice is and what it is filed under. */
type Filing = Pick<InvoiceRow, "clientId" | "projectId" | "categoryId">;

/**
 * Checks the project and the category an invoice is to have. `stored` is what it has already: those
 * may have been deleted since. Throws `InvalidInput` for one that is not there, and for a project of
 * another client.
 */
export async function checkFiling(
  tx: Tx,
  companyId: number,
  filing: Filing,
  stored?: Filing,
): Promise<void> {
  if (filing.categoryId !== stored?.categoryId) {
    const fault = await findCategoryFault(tx, companyId, filing);
    if (fault !== undefined) throw new InvalidInput({ category_id: [fault] });
  }
  if (filing.projectId !== stored?.projectId || filing.clientId !== stored?.clientId) {
    const fault = await findProjectFault(tx, companyId, filing);
    if (fault !== undefined) throw new InvalidInput({ project_id: [fault] });
  }
}

/** What of a filing another invoice can take over: not what was deleted, or is another client's. */
export async function standingFiling(tx: Tx, companyId: number, filing: Filing): Promise<Filing> {
  const projectFault = await findProjectFault(tx, companyId, filing);
  const categoryFault = await findCategoryFault(tx, companyId, filing);
  return {
    clientId: filing.clientId,
    projectId: projectFault === undefined ? filing.projectId : null,
    categoryId: categoryFault === undefined ? filing.categoryId : null,
  };
}

async function findProjectFault(
  tx: Tx,
  companyId: number,
  { clientId, projectId }: Filing,
): Promise<string | undefined> {
  if (projectId === null) return undefined;
  const project = await findProject(tx, { companyId, id: projectId });
  if (project === undefined) return "There is no such project.";
  const isOthers = project.clientId !== null && project.clientId !== clientId;
  return isOthers ? "The project belongs to another client." : undefined;
}

async function findCategoryFault(
  tx: Tx,
  companyId: number,
  { categoryId }: Filing,
): Promise<string | undefined> {
  if (categoryId === null) return undefined;
  const category = await findLabel(tx, { kind: "category", companyId, id: categoryId });
  return category === undefined ? "There is no such category." : undefined;
}
