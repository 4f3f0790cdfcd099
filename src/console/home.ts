import type { RequestHandler } from "express";
import { listAttention } from "../db/attention.ts";
import type { Sql } from "../db/client.ts";
import { listNights } from "../db/billing-nights.ts";
import { listCompaniesOfUser } from "../db/companies.ts";
import { countOpenAttention, countRunsByStatus } from "../db/console.ts";
import { renderHome, type OpenAttention } from "./home-page.ts";
import type { ConsoleServices } from "./services.ts";
import { isOperator, visitorOf } from "./sessions.ts";

const NIGHTS_SHOWN = 30;
const ITEMS_SHOWN = 10;
const COMPANIES_SHOWN = 100;
const WEEK_MS = 7 * 24 * 3_600_000;

/** GET /console?company=ID — one of the visitor's own companies; without a number the current one. */
export function showHome(services: ConsoleServices): RequestHandler {
  const { sql, clock, version, formatMoney } = services;
  return async (request, response) => {
    const visitor = visitorOf(response);
    const { user, formToken } = visitor;
    const companies = await listCompaniesOfUser(sql, {
      userId: user.id,
      limit: COMPANIES_SHOWN,
      offset: 0,
    });
    const asked = request.query["company"];
    const wanted = typeof asked === "string" ? Number(asked) : user.currentCompanyId;
    // One that is not theirs is as good as none: the page shows one of their own.
    const company = companies.find(({ id }) => id === wanted) ?? companies[0];
    const now = clock.now();
    const common = {
      companies,
      visitor: { name: user.name, formToken },
      version,
      now,
      formatMoney,
      platformAttention: isOperator(services, visitor) ? await readAttention(sql, null) : undefined,
    };
    if (company === undefined) {
      const nothing = { nights: [], runs: [], attention: { rows: [], total: 0 } };
      response.send(renderHome({ ...common, ...nothing, company: undefined }));
      return;
    }
    const companyId = company.id;
    const [nights, runs, attention] = await Promise.all([
      listNights(sql, { companyId, status: null, limit: NIGHTS_SHOWN, offset: 0 }),
      countRunsByStatus(sql, { companyId, since: new Date(now.getTime() - WEEK_MS) }),
      readAttention(sql, companyId),
    ]);
    response.send(renderHome({ ...common, company, nights: nights.rows, runs, attention }));
  };
}

/** @param companyId null: what is the platform's own */
async function readAttention(sql: Sql, companyId: number | null): Promise<OpenAttention> {
  const [rows, total] = await Promise.all([
    listAttention(sql, { companyId, isOpen: true, limit: ITEMS_SHOWN }),
    countOpenAttention(sql, companyId),
  ]);
  return { rows, total };
}
