import { migrate } from "../db/migrate.ts";
import { defineCommand, readSettings } from "./command.ts";
import { withPlatform } from "./database.ts";
import { print, printJson } from "./output.ts";

export const migrateCommand = defineCommand({
  summary: "Brings the database up to date",
  usage: `[--data-dir DIR] [--json]

  --data-dir DIR  Where the embedded database is, without DATABASE_URL.
  --json          Print {"applied": [names]}.

Safe to run at any time, also twice at once, and beside a running older version.`,
  options: {
    "data-dir": { type: "string" },
    json: { type: "boolean", default: false },
  },
  async run(values) {
    const config = readSettings({ dataDir: values["data-dir"] });
    const applied = await withPlatform(config, "migrate", ({ sql }) => migrate(sql));
    if (values.json) printJson({ applied });
    else if (applied.length === 0) print("The database is up to date.");
    else print(applied.map((name) => `applied ${name}`).join("\n"));
  },
});
