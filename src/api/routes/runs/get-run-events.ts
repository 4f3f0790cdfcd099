import { z } from "zod";
import type { RunRow } from "../../../db/runs.ts";
import { getRun } from "../../../db/runs.ts";
import { watchRun } from "../../../db/run-watches.ts";
import { toJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { uuidParam } from "../../inputs.ts";
import { presentRun } from "./schema.ts";

const OVER: readonly RunRow["status"][] = ["succeeded", "skipped", "dead", "cancelled"];
/** A comment keeps proxies from closing a silent stream; also a second look, should a notice be lost. */
const LOOK_MS = 10_000;

/**
 * GET /runs/:id/events — server-sent events: `run` with the run whenever it changes (its progress,
 * attempts, status), and `end` with its last state, after which the stream closes.
 */
export const getRunEventsRoute = defineRoute({
  method: "get",
  path: "/runs/:id/events",
  summary: "Follow a run",
  tag: "Runs",
  access: { scope: "runs:read" },
  params: z.object({ id: uuidParam }),
  answers: { 200: { contentType: "text/event-stream" } },
  async run({ sql, company, log }, { params }) {
    const find = async () => await getRun(sql, { companyId: company.id, id: params.id });
    await find();
    return {
      status: 200,
      headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" },
      async send(response, signal) {
        const bell = { ring: noChange };
        const unwatch = await watchRun(
          sql,
          params.id,
          () => bell.ring(),
          (error) => log.warn({ err: error }, "a watched run may change unnoticed for a while"),
        );
        try {
          let shown = "";
          while (!signal.aborted) {
            // Made before looking, so that a change in between is not missed.
            const changed = new Promise<void>((resolve) => {
              bell.ring = resolve;
            });
            const run = await find();
            const json = toJson(presentRun(run));
            const isOver = OVER.includes(run.status);
            if (json !== shown || isOver) {
              response.write(`event: ${isOver ? "end" : "run"}\ndata: ${json}\n\n`);
            } else {
              response.write(": still here\n\n");
            }
            if (isOver) return;
            shown = json;
            await firstOf(changed, LOOK_MS, signal);
          }
        } finally {
          await unwatch();
        }
      },
    };
  },
});

function noChange(): void {
  // Nobody waits yet: whoever looks next sees it.
}

/** Waits for the change, the time, or the caller to go away, whichever is first. */
async function firstOf(changed: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    signal.addEventListener("abort", finish, { once: true });
    void changed.then(finish);
  });
}
