import type { z } from "zod";
import type { Tx } from "../../../db/client.ts";
import { lockCompany, type CompanyRow } from "../../../db/companies.ts";
import { NotFound } from "../../../errors.ts";
import { changerOf } from "../../asked-by.ts";
import { changeCompany } from "../../change-company.ts";
import type { CompanyContext } from "../../context.ts";
import { companyFields, type companyBody } from "../companies/schema.ts";

/**
 * Changes what is said of the current company; keys left out stay as they are.
 *
 * @throws NotFound when it was deleted meanwhile
 * @throws InvalidInput for what does not fit
 */
export async function changeSettings(
  context: CompanyContext & { tx: Tx },
  body: z.output<typeof companyBody>,
): Promise<CompanyRow> {
  const { tx, company, clock } = context;
  const locked = await lockCompany(tx, company.id);
  if (locked === undefined) throw new NotFound("Company");
  return await changeCompany(tx, {
    company: locked,
    changes: companyFields(body),
    machineNow: clock.now(),
    by: changerOf(context),
  });
}
