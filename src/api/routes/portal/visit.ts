import { z } from "zod";
import type { Acting } from "../../../actions/acting.ts";
import type { Sql, Tx } from "../../../db/client.ts";
import { plans } from "../../../billing/plans.ts";
import { findCompany } from "../../../db/companies.ts";
import { findPortalInvoice } from "../../../db/invoices.ts";
import { findPortalQuote } from "../../../db/quotes.ts";
import { NotFound } from "../../../errors.ts";
import type { Clock } from "../../../platform/clock.ts";
import { uuidParam } from "../../inputs.ts";

/** The one thing a client knows of a record, and all that is needed to see it. */
export const portalParams = z.object({ uuid: uuidParam });

/** Whom a client visits, and which record they look at. */
export interface Visit {
  /** A client is no user of ours, so nobody is named as the causer. */
  by: Acting;
  id: number;
}

const finders = { Invoice: findPortalInvoice, Quote: findPortalQuote };

/**
 * Unknown, draft and deleted records, those of a deleted company, and those of one whose plan has no
 * client portal are the same 404: what a company pays for is none of its clients' business.
 */
export async function visit(
  sql: Sql | Tx,
  clock: Clock,
  { what, uuid }: { what: keyof typeof finders; uuid: string },
): Promise<Visit> {
  const found = await finders[what](sql, uuid);
  if (found === undefined) throw new NotFound(what);
  const company = await findCompany(sql, found.companyId);
  if (company === undefined || !plans[company.plan].features.clientPortal) throw new NotFound(what);
  const now = company.testNow ?? clock.now();
  return { by: { company, causerId: null, now }, id: found.id };
}
