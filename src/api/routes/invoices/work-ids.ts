import { z } from "zod";
import { id } from "../../inputs.ts";

/** Most that one request imports onto an invoice. */
export const workMax = 500;

/** Ids of what is to be billed, each once; none does nothing. `what` is e.g. "a time entry". */
export function workIds(what: string) {
  return z
    .array(id)
    .max(workMax)
    .refine((ids) => new Set(ids).size === ids.length, `Names ${what} twice.`)
    .optional();
}
