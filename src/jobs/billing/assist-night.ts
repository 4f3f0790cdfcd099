import { z } from "zod";
import { isLocalDate } from "../../billing/dates.ts";
import { defineJob, done } from "../define-job.ts";
import { assistGenerating } from "./night.ts";

/** Helps another run to generate one big company's invoices. Comes too late? Then nothing is free. */
export const assistNight = defineJob({
  name: "night.assist",
  queue: "nights",
  payload: z.object({
    companyId: z.int(),
    businessDate: z.string().refine(isLocalDate),
    request: z.string(),
  }),
  retry: { attempts: 3, delayMsFirst: 1_000, delayMsMax: 60_000 },
  timeoutMs: 4 * 3_600_000,
  idempotencyKey: ({ companyId, businessDate, request }) =>
    `${companyId}/${businessDate}/${request}`,

  async run({ sql, clock, signal }, { companyId, businessDate }) {
    await assistGenerating({ sql, clock, signal }, { companyId, businessDate });
    return done();
  },
});
