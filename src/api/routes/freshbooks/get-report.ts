import { z } from "zod";
import { countImportItems, importItemKinds, listImportItems } from "../../../db/import-items.ts";
import { findImport, findLatestImport } from "../../../db/imports.ts";
import { NotFound } from "../../../errors.ts";
import {
  instantJson,
  listAnswer,
  listJson,
  pageOf,
  pageQuery,
  presentInstant,
} from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { boundedText, idParam } from "../../inputs.ts";

const itemJson = z
  .object({
    id: z.int(),
    resource: z.string(),
    external_id: z.string(),
    kind: z.enum(importItemKinds).meta({
      description:
        "refused: not taken over. overwritten: it was changed here, and is as it is there again. kept: " +
        "it stays as it is here. adjusted: taken over with something put right. differs: there and " +
        "here do not come to the same.",
    }),
    reason: z.string(),
    details: z.record(z.string(), z.unknown()),
    record_id: z.int().nullable().meta({ description: "Ours, where there is one." }),
    created_at: instantJson,
  })
  .meta({ id: "ImportItem" });

/** GET /settings/freshbooks/report — what an import has to tell of single records. */
export const getFreshBooksReportRoute = defineRoute({
  method: "get",
  path: "/settings/freshbooks/report",
  summary: "Report of a FreshBooks import",
  description: "Of the last import, unless `import_id` names another.",
  tag: "FreshBooks",
  access: { scope: "integrations:read" },
  query: z.strictObject({
    ...pageQuery,
    import_id: idParam.optional(),
    resource: boundedText(40).optional(),
    kind: z.enum(importItemKinds).optional(),
  }),
  answers: { 200: listJson(itemJson, { counts: z.record(z.string(), z.int()) }) },

  async run({ sql, company }, { query }) {
    const companyId = company.id;
    const found =
      query.import_id === undefined
        ? await findLatestImport(sql, { companyId, provider: "freshbooks" })
        : await findImport(sql, { companyId, id: query.import_id });
    if (found === undefined) throw new NotFound("Import");
    const filter = {
      companyId,
      importId: found.id,
      resource: query.resource,
      kind: query.kind,
    };
    const page = pageOf(query);
    const [items, kinds] = await Promise.all([
      listImportItems(sql, { ...filter, ...page }),
      countImportItems(sql, filter),
    ]);
    return listAnswer(
      items.map((item) => ({
        id: item.id,
        resource: item.resource,
        external_id: item.externalId,
        kind: item.kind,
        reason: item.reason,
        details: item.details,
        record_id: item.recordId,
        created_at: presentInstant(item.createdAt),
      })),
      { ...page, total: kinds.reduce((sum, { count }) => sum + count, 0) },
      { counts: Object.fromEntries(kinds.map(({ kind, count }) => [kind, count])) },
    );
  },
});
