import type { ImportScope } from "../../actions/bring-in-records.ts";
import type { Tx } from "../../db/client.ts";
import { findRefsOfExternals } from "../../db/external-refs.ts";
import { Unmappable } from "./unmappable.ts";

/** Our records by their ids over there. */
export interface Refs {
  /** Undefined when it is not here. */
  find: (externalId: string | null) => number | undefined;
  /** Throws `Unmappable` when it is not here. */
  get: (externalId: string) => number;
  /** Null for none. Throws `Unmappable` for one that is not here. */
  getOrNull: (externalId: string | null) => number | null;
}

/** Looks all of a page's references of one kind up at once. */
export async function lookUp(
  tx: Tx,
  { refs }: ImportScope,
  kind: string,
  externalIds: readonly (string | null)[],
): Promise<Refs> {
  const wanted = [...new Set(externalIds.filter((id) => id !== null))];
  const rows = await findRefsOfExternals(tx, { ...refs, kind }, wanted);
  const known = new Map(rows.map((row) => [row.externalId, row.recordId]));
  const get = (id: string): number => {
    const found = known.get(id);
    if (found === undefined) throw new Unmappable(`Its ${kind} ${id} is not here.`);
    return found;
  };
  return {
    find: (id) => (id === null ? undefined : known.get(id)),
    get,
    getOrNull: (id) => (id === null ? null : get(id)),
  };
}
