import { z } from "zod";
import type { LocalDate } from "../../../billing/dates.ts";
import type { CompanyRow } from "../../../db/companies.ts";
import type { Sql } from "../../../db/client.ts";
import { findClient } from "../../../db/clients.ts";
import { findProject } from "../../../db/projects.ts";
import { NotFound } from "../../../errors.ts";
import { wholeNumber } from "../../answers.ts";
import { idQuery, localDate, requireOrder } from "../../inputs.ts";

const LISTED_DEFAULT = 20;

/** As in an export: which work, and on which days. */
export const workFilterQuery = {
  projectId: idQuery.optional(),
  clientId: idQuery.optional(),
  from: localDate.optional(),
  to: localDate.optional(),
  limit: wholeNumber(1, 100)
    .optional()
    .meta({
      description: `How many rows and ids a list has at most, ${LISTED_DEFAULT} by default; its count says how many there are.`,
    }),
};

/** Ids behind a number. */
export const recordsJson = z.object({
  ids: z.array(z.int()).meta({ description: "The lowest, at most `limit`." }),
  count: z.int().meta({ description: "How many there are." }),
});

interface WorkQuery {
  projectId?: number | undefined;
  clientId?: number | undefined;
  from?: LocalDate | undefined;
  to?: LocalDate | undefined;
  limit?: number | undefined;
}

/**
 * What a query asks for. Throws `NotFound` for a project or client that is not there, `InvalidInput` for
 * days in the wrong order.
 */
export async function readWorkFilter(sql: Sql, company: CompanyRow, query: WorkQuery) {
  const { projectId, clientId, from, to, limit = LISTED_DEFAULT } = query;
  const companyId = company.id;
  requireOrder({ from, to });
  const [project, client] = await Promise.all([
    projectId === undefined ? undefined : findProject(sql, { companyId, id: projectId }),
    clientId === undefined ? undefined : findClient(sql, { companyId, id: clientId }),
  ]);
  if (projectId !== undefined && project === undefined) throw new NotFound("Project");
  if (clientId !== undefined && client === undefined) throw new NotFound("Client");
  return { companyId, currency: company.currency, projectId, clientId, from, to, limit };
}
