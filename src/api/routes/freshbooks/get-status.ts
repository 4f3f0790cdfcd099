import { z } from "zod";
import { findConnection } from "../../../db/connections.ts";
import { findLatestImport } from "../../../db/imports.ts";
import { defineRoute } from "../../define-route.ts";
import { importStatusJson, presentImport } from "./schema.ts";

/** GET /settings/freshbooks/status — the connection, and how far the import is. */
export const getFreshBooksStatusRoute = defineRoute({
  method: "get",
  path: "/settings/freshbooks/status",
  summary: "Status of the FreshBooks import",
  description: "null when no credentials were ever saved.",
  tag: "FreshBooks",
  access: { scope: "integrations:read" },
  answers: { 200: z.object({ data: importStatusJson.nullable() }) },

  async run({ sql, company }) {
    const key = { companyId: company.id, provider: "freshbooks" } as const;
    const [connection, latest] = await Promise.all([
      findConnection(sql, key),
      findLatestImport(sql, key),
    ]);
    const data = connection === undefined ? null : presentImport(connection, latest);
    return { status: 200, body: { data } };
  },
});
