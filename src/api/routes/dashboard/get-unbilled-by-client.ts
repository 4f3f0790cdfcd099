import { z } from "zod";
import { hoursOf } from "../../../billing/worked-time.ts";
import { listUnbilledClients, sumUnbilledTime } from "../../../db/worked-time.ts";
import { defineRoute } from "../../define-route.ts";

const clientsShown = 10;

/** GET /dashboard/unbilled-by-client — for whom most was worked that is on no invoice yet. */
export const getUnbilledByClientRoute = defineRoute({
  method: "get",
  path: "/dashboard/unbilled-by-client",
  summary: "Get unbilled hours by client",
  description:
    `The ${clientsShown} clients with most unbilled billable time. \`total_hours\` counts all of it: ` +
    "that of other clients, and work for no client.",
  tag: "Dashboard",
  access: { scope: "reports:read" },
  answers: {
    200: z.object({
      data: z.object({
        total_hours: z.number(),
        clients: z.array(
          z.object({
            client_id: z.int(),
            client_name: z.string(),
            hours: z.number(),
            seconds: z.int(),
          }),
        ),
      }),
    }),
  },

  async run({ sql, company }) {
    const { id: companyId, currency } = company;
    const [unbilled, clients] = await Promise.all([
      sumUnbilledTime(sql, { companyId, currency }),
      listUnbilledClients(sql, { companyId, limit: clientsShown }),
    ]);
    return {
      status: 200,
      body: {
        data: {
          total_hours: hoursOf(unbilled.reduce((sum, row) => sum + row.duration, 0n)),
          clients: clients.map((row) => ({
            client_id: row.clientId,
            client_name: row.clientName,
            hours: hoursOf(row.duration),
            seconds: row.duration,
          })),
        },
      },
    };
  },
});
