import { z } from "zod";
import { resourcesOf, writeExport, type ExportRequest } from "../../../actions/write-export.ts";
import type { Sql } from "../../../db/client.ts";
import { findClient } from "../../../db/clients.ts";
import { countExportRows, exportResources, filtersUnknownTo } from "../../../db/export-rows.ts";
import { findProject } from "../../../db/projects.ts";
import { getRun } from "../../../db/runs.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { InvalidInput, NotFound } from "../../../errors.ts";
import { contentTypeOf } from "../../../platform/file-kinds.ts";
import { askedBy } from "../../asked-by.ts";
import { fileHeaders, type Answer } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { defineRoute } from "../../define-route.ts";
import { idQuery, localDate, requireOrder } from "../../inputs.ts";
import { acceptedRun, presentRun, runJson } from "../runs/schema.ts";
import { requestExport } from "./request-export.ts";
import { exportFormats } from "./schema.ts";

/** More rows than this are written by a run. */
const ROWS_AT_ONCE = 5_000;

/** GET /export — what a company's records are, as a file. */
export const getExportNowRoute = defineRoute({
  method: "get",
  path: "/export",
  summary: "Export records",
  description:
    `Up to ${ROWS_AT_ONCE} rows are answered at once. More are written into a file by a run: 202, Location names ` +
    "it, and `GET /exports/{id}/download` gives the file. `from` and `to` are days of the records' own dates, both " +
    "included. Without `resource`: every resource that can be filtered as asked; those without a date are whole. " +
    "The same records are the same bytes, and have the same SHA-256.",
  tag: "Exports",
  access: { scope: "exports:read" },
  query: z.strictObject({
    format: z.enum(exportFormats).default("json"),
    resource: z.enum(exportResources).optional(),
    projectId: idQuery.optional(),
    clientId: idQuery.optional(),
    from: localDate.optional(),
    to: localDate.optional(),
  }),
  answers: {
    200: { contentType: exportFormats.map(contentTypeOf) },
    202: z.object({ data: runJson, meta: z.object({ export_id: z.int() }) }),
  },

  async run(context, { query }) {
    const { sql, company } = context;
    const { format, resource = null, projectId = null, clientId = null, from = null } = query;
    const to = query.to ?? null;
    const filter = { companyId: company.id, projectId, clientId, from, to };
    const request = { filter, format, resource };
    await check(sql, request);
    const resources = resourcesOf(request);
    const rows = await countExportRows(sql, filter, { resources, limit: ROWS_AT_ONCE + 1 });
    return rows > ROWS_AT_ONCE
      ? await answerLater(context, request)
      : await answerNow(sql, request);
  },
});

/** Throws NotFound for a record that is not there, InvalidInput for a filter that a resource does not have. */
async function check(sql: Sql, { filter, resource }: ExportRequest): Promise<void> {
  const { companyId, projectId, clientId, from, to } = filter;
  requireOrder({ from, to });
  const [unknown] = resource === null ? [] : filtersUnknownTo(resource, filter);
  if (unknown !== undefined) throw new InvalidInput({ [unknown]: [`${resource} have none.`] });
  if (projectId !== null && (await findProject(sql, { companyId, id: projectId })) === undefined) {
    throw new NotFound("Project");
  }
  if (clientId !== null && (await findClient(sql, { companyId, id: clientId })) === undefined) {
    throw new NotFound("Client");
  }
}

async function answerNow(sql: Sql, request: ExportRequest): Promise<Answer> {
  const chunks: Buffer[] = [];
  await writeExport(sql, request, {
    // A copy: the bytes are overwritten by the next.
    write: async (bytes) => void chunks.push(Buffer.from(bytes)),
    signal: AbortSignal.timeout(60_000),
  });
  const name = `export-${request.resource ?? "all"}`;
  const headers = fileHeaders({ name, kind: request.format });
  return { status: 200, bytes: Buffer.concat(chunks), headers };
}

async function answerLater(
  context: CompanyContext & { sql: Sql },
  request: ExportRequest,
): Promise<Answer> {
  const { sql, services, clock, user } = context;
  const { row, runId } = await inTransaction(sql, (tx) =>
    requestExport(tx, request, {
      userId: user.id,
      keptDays: services.settings.exportDays,
      ...askedBy(context),
      now: clock.now(),
    }),
  );
  const run = await getRun(sql, { id: runId });
  const meta = { export_id: row.id };
  return { ...acceptedRun(run), body: { data: presentRun(run), meta } };
}
