import { z } from "zod";
import { invoiceStatuses } from "../../../billing/statuses.ts";
import { listRecentInvoices } from "../../../db/revenue.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { minorJson } from "../../units.ts";

const shown = 10;

/** GET /dashboard/recent-activity — the invoices that changed last. */
export const getRecentActivityRoute = defineRoute({
  method: "get",
  path: "/dashboard/recent-activity",
  summary: "Get recent activity",
  description: `The ${shown} invoices that were updated last; cancelled and archived ones are left out.`,
  tag: "Dashboard",
  access: { scope: "reports:read" },
  answers: {
    200: z.object({
      data: z.array(
        z.object({
          type: z.literal("invoice"),
          id: z.int(),
          description: z.string().meta({ example: "Invoice INV-0042 to Acme Corp" }),
          status: z.enum(invoiceStatuses),
          amount: minorJson,
          currency: z.string(),
          date: instantJson,
        }),
      ),
    }),
  },

  async run({ sql, company }) {
    const invoices = await listRecentInvoices(sql, { companyId: company.id, limit: shown });
    const data = invoices.map((invoice) => ({
      type: "invoice",
      id: invoice.id,
      description: `Invoice ${invoice.invoiceNumber} to ${invoice.clientName}`,
      status: invoice.status,
      amount: invoice.total,
      currency: invoice.currency,
      date: presentInstant(invoice.updatedAt),
    }));
    return { status: 200, body: { data } };
  },
});
