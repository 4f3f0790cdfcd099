import { z } from "zod";
import type { ConnectionRow } from "../../../db/connections.ts";
import { providerNames, type OAuthProvider } from "../../../platform/oauth.ts";
import { instantJson, presentInstant } from "../../answers.ts";

export const integrationJson = z
  .object({
    id: z.int().nullable().meta({
      description: "Of the connection, whose story GET /activity-log tells.",
    }),
    provider: z.enum(providerNames),
    title: z.string(),
    is_available: z.boolean().meta({
      description: "Whether it is set up in this installation, so that it can be connected.",
    }),
    connected: z.boolean(),
    status: z.enum(["connected", "needs_reauth", "disabled", "not_connected"]),
    account: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
    scopes: z.array(z.string()),
    settings: z.record(z.string(), z.unknown()),
    connected_at: instantJson.nullable(),
    last_success_at: instantJson.nullable(),
    last_error: z
      .object({ at: instantJson, code: z.string().nullable(), message: z.string().nullable() })
      .nullable(),
    held_runs: z.int().meta({ description: "Work that waits until it is connected again." }),
  })
  .meta({ id: "Integration" });

/** What anybody of the company may know; nothing that was sealed. */
export function presentIntegration(
  provider: OAuthProvider,
  {
    row,
    isAvailable,
    heldRuns,
  }: {
    row: ConnectionRow | undefined;
    isAvailable: boolean;
    heldRuns: number;
  },
): z.input<typeof integrationJson> {
  const isKnown = row !== undefined && row.status !== "disabled";
  return {
    id: row?.id ?? null,
    provider: provider.name,
    title: provider.title,
    is_available: isAvailable,
    connected: row?.status === "connected",
    status: row === undefined || row.externalId === null ? "not_connected" : row.status,
    account:
      isKnown && row.externalId !== null ? { id: row.externalId, name: row.externalName } : null,
    scopes: row?.scopes ?? [],
    settings: row?.settings ?? {},
    connected_at: isKnown ? presentInstant(row.connectedAt) : null,
    last_success_at: presentInstant(row?.lastSuccessAt ?? null),
    last_error:
      row === undefined || row.lastErrorAt === null
        ? null
        : {
            at: presentInstant(row.lastErrorAt),
            code: row.lastErrorCode,
            message: row.lastErrorMessage,
          },
    held_runs: heldRuns,
  };
}

/** A provider whose pages lie under /integrations; the others have addresses of their own. */
export const providerParams = z.object({
  provider: z.enum(["google-calendar", "quickbooks", "slack"]),
});
