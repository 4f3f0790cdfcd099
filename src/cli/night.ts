import { addDays, localDateOf, type LocalDate } from "../billing/dates.ts";
import { assertMigrated, type Platform } from "../bootstrap.ts";
import { COMING_NIGHT, PREVIEW_DAYS_MAX } from "../billing/nights.ts";
import { listCompanyIds } from "../db/console.ts";
import { getNightCompany, type NightCompanyRow } from "../db/night-companies.ts";
import {
  previewNight,
  runNight,
  whyHeld,
  type NightDeps,
  type NightOutcome,
  type NightRequest,
} from "../jobs/billing/night.ts";
import type { NightReport } from "../db/night-report.ts";
import { errorText } from "../errors.ts";
import type { Clock } from "../platform/clock.ts";
import { defineCommand, readDate, readId, readSettings, UsageError } from "./command.ts";
import { withPlatform } from "./database.ts";
import { renderNights, type NightLine } from "./night-table.ts";
import { print, printJson } from "./output.ts";

const NIGHTS_MAX = 3_700;

export const night = defineCommand({
  summary: "Runs, or previews, the nights of one company or of all",
  usage: `--date D [--to D] [--company ID] [--dry-run] [--json]

  --date D        Business date, like 2026-03-31.
  --to D          Run each night from --date to this one, in order.
  --company ID    Only this company. Default: every company.
  --dry-run       Tell what each night would do. Nothing is written or sent, no number is used. May be
                  of nights to come, up to ${PREVIEW_DAYS_MAX} days ahead, as if nothing changed until
                  then. Each past date is previewed by itself: a later one includes what an earlier
                  one would make.
  --data-dir DIR  Where the embedded database is, without DATABASE_URL.
  --json          Print {"nights": [...]}.

Runs in this process. A night that ran before finishes what is missing and repeats nothing. Mails of
real nights are sent by the workers. Of all companies, those where the date has not come yet are
skipped, and one whose night fails does not stop the others. Exit code 3: a night was held; 1: one
failed.`,
  options: {
    date: { type: "string" },
    to: { type: "string" },
    company: { type: "string" },
    "dry-run": { type: "boolean", default: false },
    "data-dir": { type: "string" },
    json: { type: "boolean", default: false },
  },
  async run(values) {
    if (values.date === undefined) throw new UsageError("--date is missing.");
    const from = readDate("--date", values.date);
    const to = values.to === undefined ? from : readDate("--to", values.to);
    const dates = datesBetween(from, to);
    const companyId =
      values.company === undefined ? undefined : readId("--company", values.company);
    const config = readSettings({ dataDir: values["data-dir"] }, { LOG_LEVEL: "warn" });

    const nights = await withPlatform(config, "night", async (platform) => {
      await assertMigrated(platform.sql);
      const companies = await findCompanies(platform, companyId);
      // Where only one is meant, or it is too early everywhere, it is a slip of who typed it.
      const [first] = companies;
      const look = { clock: platform.clock, isDryRun: values["dry-run"] };
      if (first !== undefined && companies.length === 1) assertNotInFuture(first, to, look);
      if (first !== undefined && companies.every((one) => futureOf(one, from, look))) {
        assertNotInFuture(first, from, look);
      }
      return await runAll(platform, { companies, dates, isDryRun: values["dry-run"] });
    });
    if (values.json) printJson({ nights });
    else print(renderNights(nights));
    if (nights.some(({ status }) => status === "failed")) return 1;
    return nights.some(({ status }) => status === "held") ? 3 : 0;
  },
});

function datesBetween(from: LocalDate, to: LocalDate): LocalDate[] {
  if (to < from) throw new UsageError(`--to: ${to} is before --date ${from}.`);
  const dates: LocalDate[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    if (dates.length === NIGHTS_MAX) throw new UsageError(`--to: more than ${NIGHTS_MAX} nights.`);
    dates.push(date);
  }
  return dates;
}

async function findCompanies(
  { sql }: Platform,
  companyId: number | undefined,
): Promise<NightCompanyRow[]> {
  const ids = companyId === undefined ? await listCompanyIds(sql) : [companyId];
  const companies: NightCompanyRow[] = [];
  for (const id of ids) companies.push(await getNightCompany(sql, id));
  return companies;
}

interface Look {
  clock: Clock;
  isDryRun: boolean;
}

function assertNotInFuture(company: NightCompanyRow, date: LocalDate, look: Look): void {
  const future = futureOf(company, date, look);
  if (future !== undefined) throw new UsageError(future);
}

/** Why a date lies too far ahead in a company, or undefined. */
function futureOf(
  { id, name, timezone, testNow }: NightCompanyRow,
  date: LocalDate,
  { clock, isDryRun }: Look,
): string | undefined {
  const today = localDateOf(testNow ?? clock.now(), timezone);
  if (date <= (isDryRun ? addDays(today, PREVIEW_DAYS_MAX) : today)) return undefined;
  const text = `The night of ${date} lies in the future of company ${id} (${name}), where today is ${today}`;
  return isDryRun
    ? `${text}; a dry run may look ${PREVIEW_DAYS_MAX} days ahead.`
    : `${text}; only --dry-run may look there.`;
}

/** Date by date, as the nights themselves come. Ctrl-C ends it between two chunks of work. */
async function runAll(
  platform: Platform,
  {
    companies,
    dates,
    isDryRun,
  }: { companies: readonly NightCompanyRow[]; dates: readonly LocalDate[]; isDryRun: boolean },
): Promise<NightLine[]> {
  const { sql, clock } = platform;
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Error("Stopped before all nights were done."));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  const deps = { sql, clock, signal: stop.signal };
  const lines: NightLine[] = [];
  try {
    for (const businessDate of dates) {
      for (const company of companies) {
        const future = futureOf(company, businessDate, { clock, isDryRun });
        const outcome =
          future === undefined
            ? await runOne(deps, { companyId: company.id, businessDate }, isDryRun)
            : ({ status: "skipped", reason: future, report: null } as const);
        lines.push({
          company_id: company.id,
          company: company.name,
          business_date: businessDate,
          dry_run: isDryRun,
          ...linesOf(outcome),
          note: futureOf(company, businessDate, { clock, isDryRun: false }) ? COMING_NIGHT : null,
        });
      }
    }
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
  return lines;
}

type Ending =
  | NightOutcome
  | { status: "previewed"; report: NightReport }
  | { status: "skipped" | "failed"; reason: string; report: null };

/** One night; what goes wrong in one company is that company's line (BILLING.md section 2). */
async function runOne(deps: NightDeps, request: NightRequest, isDryRun: boolean): Promise<Ending> {
  try {
    if (!isDryRun) return await runNight(deps, request);
    const report = await previewNight(deps, request);
    const reason = await whyHeld(deps, request, report);
    return reason === undefined
      ? { status: "previewed", report }
      : { status: "held", reason, report };
  } catch (error) {
    if (deps.signal.aborted) throw error;
    return { status: "failed", reason: errorText(error), report: null };
  }
}

function linesOf(outcome: Ending): Pick<NightLine, "status" | "reason" | "report"> {
  return {
    status: outcome.status,
    reason: "reason" in outcome ? outcome.reason : null,
    report: outcome.report,
  };
}
