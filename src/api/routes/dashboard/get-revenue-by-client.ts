import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { listTopClients } from "../../../db/revenue.ts";
import { defineRoute } from "../../define-route.ts";
import { minorJson } from "../../units.ts";
import { currenciesOf } from "../reports/by-currency.ts";

const clientsShown = 10;

/** GET /dashboard/revenue-by-client — who was invoiced most this year. */
export const getRevenueByClientRoute = defineRoute({
  method: "get",
  path: "/dashboard/revenue-by-client",
  summary: "Get revenue by client",
  description:
    `The ${clientsShown} clients who were invoiced most from the first of January until today, tax ` +
    "included; so many of each currency, the company's own in front.",
  tag: "Dashboard",
  access: { scope: "reports:read" },
  answers: {
    200: z.object({
      data: z.object({
        year: z.int(),
        clients: z.array(
          z.object({
            client_id: z.int(),
            client_name: z.string(),
            currency: z.string(),
            total: minorJson,
          }),
        ),
      }),
    }),
  },

  async run({ sql, company, user, now }) {
    const today = todayOf({ company, causerId: user.id, now });
    const year = today.slice(0, 4);
    const rows = await listTopClients(sql, {
      companyId: company.id,
      from: `${year}-01-01`,
      to: today,
      perCurrency: clientsShown,
    });
    const clients = currenciesOf(company.currency, rows)
      .flatMap((currency) => rows.filter((row) => row.currency === currency))
      .map((row) => ({
        client_id: row.clientId,
        client_name: row.clientName,
        currency: row.currency,
        total: row.total,
      }));
    return { status: 200, body: { data: { year: Number(year), clients } } };
  },
});
