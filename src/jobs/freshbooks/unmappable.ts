import type { Incoming, Unmapped } from "../../actions/bring-in-records.ts";
import { Failure } from "../../errors.ts";

/** A record that has no place here, with the reason for the report. */
export class Unmappable extends Error {
  override name = "Unmappable";
}

/** Puts each record into our words; one that cannot be is told of, and the others go on. */
export function mapEach<Record extends { id: string }, Fields>(
  records: readonly Record[],
  map: (record: Record) => Incoming<Fields>,
): (Incoming<Fields> | Unmapped)[] {
  return records.map((record) => {
    try {
      return map(record);
    } catch (error) {
      // What our own rules refuse, such as a total below zero, is a reason as well.
      const isReason =
        error instanceof Unmappable || (error instanceof Failure && error.retry === "never");
      if (!isReason) throw error;
      return { externalId: record.id, refused: error.message };
    }
  });
}
