import { z } from "zod";
import type { WantedStatus } from "../../../actions/set-invoice-status.ts";
import { invoiceStatuses, type InvoiceStatus } from "../../../billing/statuses.ts";

/** A status in a body, a word or a number. */
export const statusInBody = z
  .union([z.enum(invoiceStatuses), z.literal([1, 2, 3, 4, 5, 20])], {
    error: () => `Must be one of: ${names}.`,
  })
  .transform((status): WantedStatus => {
    if (status === 2) return "due";
    return typeof status === "string" ? status : statusesOfNumber.get(String(status))![0];
  });

/** The statuses that a number stands for; 2, due, is both of an invoice that waits for its money. */
const statusesOfNumber: ReadonlyMap<string, readonly [InvoiceStatus, ...InvoiceStatus[]]> = new Map(
  [
    ["1", ["draft"]],
    ["2", ["sent", "viewed"]],
    ["3", ["overdue"]],
    ["4", ["partial"]],
    ["5", ["paid"]],
    ["20", ["cancelled"]],
  ],
);

const names = [...invoiceStatuses, ...statusesOfNumber.keys()].join(", ");

/** Statuses in a query, words or numbers, with commas between them. */
export const statusesQuery = z
  .string()
  .max(255)
  .transform((text, context): InvoiceStatus[] => {
    const found = text.split(",").map(statusesOf);
    if (found.every((statuses) => statuses !== undefined)) return [...new Set(found.flat())];
    context.issues.push({ code: "custom", message: `Must be one of: ${names}.`, input: text });
    return z.NEVER;
  });

function statusesOf(text: string): readonly InvoiceStatus[] | undefined {
  const status = invoiceStatuses.find((word) => word === text);
  return status === undefined ? statusesOfNumber.get(text) : [status];
}
