import { z } from "zod";
import { getNight } from "../../../db/billing-nights.ts";
import { listFailedNightDeliveries, listParkedSeries } from "../../../db/night-failures.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { nightJson, presentNight } from "./schema.ts";

const failuresJson = z.object({
  parked: z.array(
    z.object({ recurring_invoice_id: z.int(), code: z.string(), reason: z.string() }),
  ),
  undelivered: z.array(
    z.object({
      delivery_id: z.int(),
      kind: z.string(),
      invoice_id: z.int().nullable(),
      status: z.string(),
      reason: z.string().nullable(),
    }),
  ),
});

/** GET /nights/:id — one night: steps, counts, money, and what needs a person. */
export const getNightRoute = defineRoute({
  method: "get",
  path: "/nights/:id",
  summary: "Get a night",
  description:
    "The report is told from the ledgers the night wrote. `failures` lists the series it parked and " +
    "the mails it asked for that were not delivered, at most 100 of each.",
  tag: "Nights",
  access: { scope: "nights:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: nightJson.extend({ failures: failuresJson }) }) },
  async run({ sql, company }, { params }) {
    const night = await getNight(sql, { companyId: company.id, id: params.id });
    const of = { companyId: company.id, businessDate: night.businessDate, limit: 100 };
    const [parked, undelivered] = await Promise.all([
      listParkedSeries(sql, of),
      listFailedNightDeliveries(sql, of),
    ]);
    return {
      status: 200,
      version: night,
      body: {
        data: {
          ...presentNight(night),
          failures: {
            parked: parked.map((row) => ({
              recurring_invoice_id: row.id,
              code: row.parkedCode,
              reason: row.parkedReason,
            })),
            undelivered: undelivered.map((row) => ({
              delivery_id: row.id,
              kind: row.kind,
              invoice_id: row.invoiceId,
              status: row.status,
              reason: row.errorMessage,
            })),
          },
        },
      },
    };
  },
});
