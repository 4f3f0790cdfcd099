import { z } from "zod";
import { hoursOf } from "../../../billing/worked-time.ts";
import { findClient, listClientStats } from "../../../db/clients.ts";
import { sumClientTime } from "../../../db/work-references.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { minorJson } from "../../units.ts";

const amounts = {
  currency: z.string(),
  total_invoiced: minorJson,
  total_paid: minorJson,
  outstanding: minorJson,
};

/** GET /clients/:client_id/stats — needs invoices:read too, for that is what it sums up. */
export const getClientStatsRoute = defineRoute({
  method: "get",
  path: "/clients/:client_id/stats",
  summary: "Get client stats",
  description:
    "Total invoiced, total paid and outstanding in the client's currency, minor units; invoices in " +
    "other currencies are summed apart. Needs invoices:read too, and time-entries:read for the hours.",
  tag: "Clients",
  access: { scope: "clients:read", further: ["invoices:read"] },
  params: z.object({ client_id: idParam }),
  answers: {
    200: z.object({
      data: z.object({
        ...amounts,
        total_hours: z
          .number()
          .optional()
          .meta({ description: "Hours worked. Left out without time-entries:read." }),
        other_currencies: z.array(z.object(amounts)),
      }),
    }),
  },

  async run({ sql, company, mayUse }, { params }) {
    const key = { companyId: company.id, clientId: params.client_id };
    const [client, stats, seconds] = await Promise.all([
      findClient(sql, { companyId: company.id, id: params.client_id }),
      listClientStats(sql, key),
      mayUse("time-entries:read") ? sumClientTime(sql, key) : undefined,
    ]);
    if (client === undefined) throw new NotFound("Client");
    const present = stats.map((row) => ({
      currency: row.currency,
      total_invoiced: row.totalInvoiced,
      total_paid: row.totalPaid,
      outstanding: row.outstanding,
    }));
    const own = present.find((row) => row.currency === client.currency);
    return {
      status: 200,
      body: {
        data: {
          ...(own ?? {
            currency: client.currency,
            total_invoiced: 0,
            total_paid: 0,
            outstanding: 0,
          }),
          ...(seconds === undefined ? {} : { total_hours: hoursOf(seconds) }),
          other_currencies: present.filter((row) => row.currency !== client.currency),
        },
      },
    };
  },
});
