import { z } from "zod";
import { hoursOf, percentOf } from "../../../billing/worked-time.ts";
import type { RecoveredWorkRow } from "../../../db/recovered-work.ts";
import type { UninvoicedTimeRow } from "../../../db/unbilled-work.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { byCurrencyJson, reportByCurrency } from "../reports/by-currency.ts";
import { recordsJson } from "../reports/work-filter.ts";
import { timeJson, timeOf } from "./missing-billable.ts";

const hours = z.number();
const invoiced = { amount: minorJson, invoices: recordsJson };

export const recoveryJson = byCurrencyJson({
  worked: z
    .object({ hours, amount: moneyJson("At the entries' own rates.") })
    .meta({ description: "All that follows together, but for flat rates." }),
  not_invoiced: timeJson,
  no_rate: timeJson,
  billed_elsewhere: timeJson.meta({ description: "Said to be billed, on no invoice here." }),
  in_drafts: z.object({ hours, ...invoiced }),
  invoiced: z.object({
    hours,
    value: moneyJson("At the entries' own rates."),
    written_down: moneyJson("The value less the amount."),
    ...invoiced,
    amount: moneyJson("What the lines of the time come to: less discounts, without tax."),
  }),
  collected: z.object(invoiced).meta({
    description: "The same part of the amount as is paid of the whole invoice.",
  }),
  outstanding: z.object(invoiced),
  overdue: z.object(invoiced).meta({ description: "The part of it whose due date has passed." }),
  invoiced_percent: z.number().meta({ description: "Of what was worked." }),
  collected_percent: z.number().meta({ description: "Of what was worked." }),
});

/** What became of the time that was worked. */
export function recoveryOf(
  currency: string,
  unbilled: readonly UninvoicedTimeRow[],
  recovered: readonly RecoveredWorkRow[],
) {
  return reportByCurrency(currency, [...unbilled, ...recovered], (code) => {
    const rows = unbilled.filter((row) => row.currency === code && row.place === null);
    const found = recovered.find((row) => row.currency === code);
    const open = rows.filter(({ kind }) => COUNTED.includes(kind));
    const durations = [
      ...open.map((row) => row.duration),
      found?.draftDuration,
      found?.issuedDuration,
    ];
    const values = [...open.map((row) => row.amount), found?.draftValue, found?.issuedValue];
    const worked = sumOf(values);
    const net = found?.issuedNet ?? 0n;
    const collected = found?.collected ?? 0n;
    return {
      worked: { hours: hoursOf(sumOf(durations)), amount: worked },
      not_invoiced: timeOf(rows, "unbilled"),
      no_rate: timeOf(rows, "no_rate"),
      billed_elsewhere: timeOf(rows, "billed_elsewhere"),
      in_drafts: {
        hours: hoursOf(found?.draftDuration ?? 0n),
        amount: found?.draftValue ?? 0n,
        invoices: records(found?.draftIds, found?.draftCount),
      },
      invoiced: {
        hours: hoursOf(found?.issuedDuration ?? 0n),
        value: found?.issuedValue ?? 0n,
        written_down: (found?.issuedValue ?? 0n) - net,
        amount: net,
        invoices: records(found?.issuedIds, found?.issuedCount),
      },
      collected: {
        amount: collected,
        invoices: records(found?.collectedIds, found?.collectedCount),
      },
      outstanding: {
        amount: net - collected,
        invoices: records(found?.outstandingIds, found?.outstandingCount),
      },
      overdue: {
        amount: found?.overdue ?? 0n,
        invoices: records(found?.overdueIds, found?.overdueCount),
      },
      invoiced_percent: percentOf(net, worked),
      collected_percent: percentOf(collected, worked),
    };
  });
}

/** A flat rate pays for its time, and what nobody bills is not expected back. */
const COUNTED: readonly string[] = ["unbilled", "no_rate", "billed_elsewhere"];

function records(ids: readonly bigint[] = [], count = 0) {
  return { ids, count };
}

function sumOf(amounts: readonly (bigint | undefined)[]): bigint {
  return amounts.reduce<bigint>((sum, amount) => sum + (amount ?? 0n), 0n);
}
