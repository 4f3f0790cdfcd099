import { localDateOf, type LocalDate } from "../billing/dates.ts";
import type { CompanyRow } from "../db/companies.ts";

/** For whom something is done, who does it, and when: on the company's clock. */
export interface Acting {
  company: CompanyRow;
  /** The user who asked; null when the platform acts by itself. */
  causerId: number | null;
  now: Date;
}

/** The calendar day it is for the company. */
export function todayOf({ company, now }: Acting): LocalDate {
  return localDateOf(now, company.timezone);
}
