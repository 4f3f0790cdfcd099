import { z } from "zod";
import { listRunAttempts, listRunLogs } from "../../../db/run-notes.ts";
import { getRun } from "../../../db/runs.ts";
import { defineRoute } from "../../define-route.ts";
import { uuidParam } from "../../inputs.ts";
import {
  presentAttempt,
  presentLogLine,
  presentRun,
  runAttemptJson,
  runJson,
  runLogJson,
} from "./schema.ts";

/** GET /runs/:id — one run's story: what asked for it, its attempts, what it said, how it ended. */
export const getRunRoute = defineRoute({
  method: "get",
  path: "/runs/:id",
  summary: "Get a run",
  tag: "Runs",
  access: { scope: "runs:read" },
  params: z.object({ id: uuidParam }),
  answers: {
    200: z.object({
      data: runJson.extend({ attempts: z.array(runAttemptJson), log: z.array(runLogJson) }),
    }),
  },
  async run({ sql, company }, { params }) {
    const run = await getRun(sql, { companyId: company.id, id: params.id });
    const [attempts, log] = await Promise.all([
      listRunAttempts(sql, run.id, 100),
      listRunLogs(sql, run.id, 200),
    ]);
    const data = {
      ...presentRun(run),
      attempts: attempts.map(presentAttempt),
      log: log.map(presentLogLine),
    };
    return { status: 200, body: { data } };
  },
});
