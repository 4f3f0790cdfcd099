import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, test } from "vitest";
import { parse as parseYaml } from "yaml";

/** Beside the project, where it is developed; never a part of it. */
const SHARED = new URL("../../../shared/", import.meta.url);

/** Runs tests on data that lies beside the project, or says clearly that it is not there. */
export function describeWithData(path: string, define: (url: URL) => void): void {
  const url = new URL(path, SHARED);
  describe(path, () => {
    if (existsSync(url)) {
      define(url);
    } else {
      test(`not run: there is no ../shared/${path} beside this checkout`, ({ annotate }) =>
        void annotate(`../shared/${path} is missing, so nothing of it was tried.`, "warning"));
    }
  });
}

/** A vendor's contract that lies beside the project, JSON or YAML; undefined when it is not there. */
export async function findSpec(path: string): Promise<unknown> {
  const url = new URL(path, SHARED);
  return existsSync(url) ? parseYaml(await readFile(url, "utf8")) : undefined;
}

/** Rows of a CSV file without quoting, by column name. */
export async function readCsv(url: URL): Promise<Record<string, string>[]> {
  const [head = "", ...lines] = (await readFile(url, "utf8")).trim().split(/\r?\n/);
  const columns = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ""]));
  });
}
