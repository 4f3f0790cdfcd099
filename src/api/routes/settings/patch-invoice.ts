import { defineRoute } from "../../define-route.ts";
import { companyBody } from "../companies/schema.ts";
import { changeSettings } from "./change-settings.ts";
import { settingsJson } from "./settings-answer.ts";

/** PATCH /settings/invoice — how it bills. */
export const patchInvoiceSettingsRoute = defineRoute({
  method: "patch",
  path: "/settings/invoice",
  summary: "Update invoice settings",
  description:
    "How the company numbers, prices and taxes what it bills, and what a night may do. Keys left out stay as they are. " +
    "Another tax rounding concerns invoices written from now on. Late fees and reminders have addresses of their own.",
  tag: "Settings",
  access: { scope: "settings:write" },
  body: companyBody.pick({
    invoice_prefix: true,
    quote_prefix: true,
    invoice_layout: true,
    default_payment_terms: true,
    default_hourly_rate: true,
    default_tax_name_1: true,
    default_tax_rate_1: true,
    default_tax_name_2: true,
    default_tax_rate_2: true,
    tax_rounding: true,
    catch_up_limit: true,
    sends_made_up_invoices: true,
    night_max_invoices: true,
    night_max_amount: true,
    night_max_fees: true,
  }),
  answers: { 200: settingsJson },

  async run(context, { body }) {
    return await changeSettings(context, body);
  },
});
