import type { Route } from "../define-route.ts";
import { getExportDownloadRoute } from "./exports/get-download.ts";
import { getExportNowRoute } from "./exports/get-export-now.ts";
import { getExportRoute } from "./exports/get-export.ts";
import { getExportsRoute } from "./exports/get-exports.ts";
import { getProofPackRoute } from "./exports/get-proof-pack.ts";

/** What leaves as files with a digest. */
export const exportRoutes: readonly Route[] = [
  getExportNowRoute,
  getExportsRoute,
  getExportRoute,
  getExportDownloadRoute,
  getProofPackRoute,
];
