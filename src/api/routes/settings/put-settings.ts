import { z } from "zod";
import { lockCompany } from "../../../db/companies.ts";
import { NotFound } from "../../../errors.ts";
import { changeCompany } from "../../change-company.ts";
import { defineRoute } from "../../define-route.ts";
import { companyBody, companyFields, companyJson, presentCompany } from "../companies/schema.ts";

/** PUT and PATCH /settings — what is left out stays as it is. */
export const putSettingsRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/settings",
  summary: "Update company settings",
  description:
    "Keys left out stay as they are. A changed zone or billing time moves the next night; a date that had " +
    "its night does not get another. Another tax rounding concerns invoices written from now on. Late fees " +
    "and reminders have addresses of their own.",
  tag: "Settings",
  access: { scope: "settings:write" },
  body: companyBody,
  answers: { 200: z.object({ data: companyJson }) },

  async run({ tx, company, user, caller, clock, requestId }, { body }) {
    const locked = await lockCompany(tx, company.id);
    if (locked === undefined) throw new NotFound("Company");
    const changed = await changeCompany(tx, {
      company: locked,
      changes: companyFields(body),
      machineNow: clock.now(),
      by: {
        userId: user.id,
        apiTokenId: caller.kind === "token" ? caller.id : null,
        requestId,
      },
    });
    return { status: 200, body: { data: presentCompany(changed) }, version: changed };
  },
});
