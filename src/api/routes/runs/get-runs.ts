import { z } from "zod";
import { runStatuses } from "../../../db/run-ledger.ts";
import { countRuns, listRuns } from "../../../db/runs.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { boundedText, filterQuery, instant, requireOrder, requiredText } from "../../inputs.ts";
import { presentRun, runJson } from "./schema.ts";

/** Nobody pages further than this; the count stops here, so that it stays quick at any size. */
const COUNT_MAX = 10_000;

/** GET /runs — the company's runs, newest first. */
export const getRunsRoute = defineRoute({
  method: "get",
  path: "/runs",
  summary: "List runs",
  description: `The total is counted up to ${COUNT_MAX}.`,
  tag: "Runs",
  access: { scope: "runs:read" },
  query: z.strictObject({
    ...pageQuery,
    filter: filterQuery({
      job: boundedText(100).optional(),
      status: z.enum(runStatuses).optional(),
      error_class: boundedText(100).optional(),
      key: requiredText(200).optional(),
      created_from: instant.optional(),
      created_to: instant.optional(),
    }),
  }),
  answers: { 200: listJson(runJson, {}) },
  async run({ sql, company }, { query }) {
    const page = pageOf(query);
    const { job, status, error_class, key, created_from, created_to } = query.filter ?? {};
    const names = { from: "filter.created_from", to: "filter.created_to" };
    requireOrder({ from: created_from, to: created_to }, names);
    const filter = {
      companyId: company.id,
      job,
      statuses: status === undefined ? undefined : [status],
      errorClass: error_class,
      key,
      createdFrom: created_from,
      createdTo: created_to,
    };
    const [runs, total] = await Promise.all([
      listRuns(sql, filter, page),
      countRuns(sql, filter, COUNT_MAX),
    ]);
    return listAnswer(runs.map(presentRun), { ...page, total });
  },
});
