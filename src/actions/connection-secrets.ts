import { z } from "zod";
import type { ConnectionRow } from "../db/connections.ts";
import { sealedPlace } from "../db/sealed-values.ts";
import type { Credentials, OAuthApp } from "../platform/oauth.ts";
import type { KeyRing } from "../platform/sealing.ts";

const SealedCredentials = z.object({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  redirectUri: z.string(),
});
const SealedApp = z.object({ clientId: z.string(), clientSecret: z.string() });

type Row = Pick<ConnectionRow, "companyId" | "provider" | "id">;

export function sealCredentials(keys: KeyRing, row: Row, credentials: Credentials): string {
  return keys.seal(JSON.stringify(credentials), placeOf(row, "credentials"));
}

export function openCredentials(
  keys: KeyRing,
  row: Row & Pick<ConnectionRow, "credentials">,
): Credentials | undefined {
  if (row.credentials === null) return undefined;
  return SealedCredentials.parse(
    JSON.parse(keys.open(row.credentials, placeOf(row, "credentials"))),
  );
}

export function sealApp(keys: KeyRing, row: Row, app: OAuthApp): string {
  return keys.seal(JSON.stringify(app), placeOf(row, "app_credentials"));
}

/** The company's own client, where it has saved one. */
export function openApp(
  keys: KeyRing,
  row: Row & Pick<ConnectionRow, "appCredentials">,
): OAuthApp | undefined {
  if (row.appCredentials === null) return undefined;
  return SealedApp.parse(
    JSON.parse(keys.open(row.appCredentials, placeOf(row, "app_credentials"))),
  );
}

function placeOf(row: Row, column: "credentials" | "app_credentials"): string {
  return sealedPlace({
    table: "connections",
    column,
    companyId: row.companyId,
    id: row.id,
    of: row.provider,
  });
}
