import { z } from "zod";
import { hoursOf } from "../../../billing/worked-time.ts";
import {
  missingKinds,
  type UnbilledKind,
  type UninvoicedTimeRow,
} from "../../../db/unbilled-work.ts";
import { dateJson } from "../../answers.ts";
import { minorJson } from "../../units.ts";
import { byCurrencyJson, reportByCurrency } from "../reports/by-currency.ts";
import { recordsJson } from "../reports/work-filter.ts";

export const timeJson = z.object({
  hours: z.number(),
  amount: minorJson,
  oldest_date: dateJson.nullable(),
  time_entries: recordsJson,
});

const missingShape = {
  unbilled: timeJson.meta({ description: "Billable, with a rate, and not billed." }),
  no_rate: timeJson.meta({ description: "Billable and not billed; nobody has said a rate." }),
  not_billable: timeJson.meta({
    description: "Marked not billable, on a project that is billed by the hour.",
  }),
};

export const missingBillableJson = byCurrencyJson({
  ...missingShape,
  flat_rate: timeJson.meta({
    description: "Billable, on a project at a flat rate, which pays for it: not missing.",
  }),
  projects: z
    .array(
      z.object({
        project_id: z.int().nullable(),
        project_name: z.string().nullable(),
        client_id: z.int().nullable(),
        client_name: z.string().nullable(),
        ...missingShape,
      }),
    )
    .meta({ description: "Those with most of the three, by their amounts." }),
});

/** Time that could have been billed and is on no invoice. */
export function missingBillableOf(currency: string, rows: readonly UninvoicedTimeRow[]) {
  return reportByCurrency(currency, rows, (code) => {
    const ofCurrency = rows.filter((row) => row.currency === code);
    const all = ofCurrency.filter((row) => row.place === null);
    const ofProjects = ofCurrency.filter((row) => row.place !== null);
    const places = [...new Set(ofProjects.map((row) => row.place))];
    const projects = places.map((place) => ofProjects.filter((row) => row.place === place));
    return {
      ...missingOf(all),
      flat_rate: timeOf(all, "flat_rate"),
      projects: projects.map((ofProject) => ({
        project_id: ofProject[0]?.projectId,
        project_name: ofProject[0]?.projectName,
        client_id: ofProject[0]?.clientId,
        client_name: ofProject[0]?.clientName,
        ...missingOf(ofProject),
      })),
    };
  });
}

function missingOf(rows: readonly UninvoicedTimeRow[]) {
  return Object.fromEntries(missingKinds.map((kind) => [kind, timeOf(rows, kind)]));
}

/** Time of one kind, of rows of one currency. */
export function timeOf(rows: readonly UninvoicedTimeRow[], kind: UnbilledKind) {
  const row = rows.find((candidate) => candidate.kind === kind);
  return {
    hours: hoursOf(row?.duration ?? 0n),
    amount: row?.amount ?? 0n,
    oldest_date: row?.oldestDate ?? null,
    time_entries: { ids: row?.ids ?? [], count: row?.entries ?? 0 },
  };
}
