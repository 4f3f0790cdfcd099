import type { Acting } from "../../actions/acting.ts";
import { clientWriter } from "../../actions/bring-in-client.ts";
import { bringInRecords, type Brought, type ImportScope } from "../../actions/bring-in-records.ts";
import type { FbPage } from "../../connectors/freshbooks/freshbooks.ts";
import type { Tx } from "../../db/client.ts";
import { mapClient } from "./map-client.ts";
import type { ImportableResource } from "./plan.ts";

export type AnyPage = {
  [Name in ImportableResource]: FbPage<Name> & { name: Name };
}[ImportableResource];

/** Takes a page of any resource over. */
export async function bringPage(
  tx: Tx,
  by: Acting,
  scope: ImportScope,
  page: AnyPage,
): Promise<Brought> {
  switch (page.name) {
    case "clients":
      return await bringInRecords(
        tx,
        by,
        scope,
        clientWriter,
        page.records.map((client) => mapClient(client, by.company)),
      );
  }
}
