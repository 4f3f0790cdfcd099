import type { z } from "zod";
import type { Tx } from "../../../db/client.ts";
import { lockCompany } from "../../../db/companies.ts";
import { NotFound } from "../../../errors.ts";
import type { Answer } from "../../answers.ts";
import { changerOf } from "../../asked-by.ts";
import { changeCompany } from "../../change-company.ts";
import type { CompanyContext } from "../../context.ts";
import { companyFields, type companyBody } from "../companies/schema.ts";
import { presentSettings } from "./settings-answer.ts";

/**
 * Changes what is said of the current company; keys left out stay as they are. Answers all settings.
 *
 * @throws NotFound when it was deleted meanwhile
 * @throws InvalidInput for what does not fit
 */
export async function changeSettings(
  context: CompanyContext & { tx: Tx },
  body: z.output<typeof companyBody>,
): Promise<Answer> {
  const { tx, company, clock } = context;
  const locked = await lockCompany(tx, company.id);
  if (locked === undefined) throw new NotFound("Company");
  const changed = await changeCompany(tx, {
    company: locked,
    changes: companyFields(body),
    machineNow: clock.now(),
    by: changerOf(context),
  });
  const data = await presentSettings(tx, context, changed);
  return { status: 200, body: { data }, version: changed };
}
