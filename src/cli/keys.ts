import { assertMigrated, readMasterKeys } from "../bootstrap.ts";
import { countSealedByKey, resealValues } from "../db/sealed-values.ts";
import { createKeyRing } from "../platform/sealing.ts";
import { defineCommand, readSettings, UsageError, type Command } from "./command.ts";
import { withPlatform } from "./database.ts";
import { print, printJson } from "./output.ts";
import { createProgress } from "./progress.ts";

/** Few, so that nobody waits for a row of ours. */
const BATCH_SIZE = 100;
/** A process that still has the old order of keys may seal with an old one while we are at it. */
const PASSES_MAX = 5;

const usage = `rotate [--data-dir DIR] [--json]

  --data-dir DIR  Where the embedded database is, without DATABASE_URL.
  --json          Print {"key", "resealed", "left"}.

Seals anew, with the first key of MASTER_KEYS, everything another key has sealed. Nothing stops
meanwhile. First put the new key in front on all processes and restart them; take the old one away
when nothing is left.`;

const rotate = defineCommand({
  summary: "",
  usage,
  options: { "data-dir": { type: "string" }, json: { type: "boolean", default: false } },
  async run(values) {
    const config = readSettings({ dataDir: values["data-dir"] }, { LOG_LEVEL: "warn" });
    const keys = createKeyRing(await readMasterKeys(config, { makesKey: false }));
    const [key] = keys.ids;
    if (key === undefined) throw new UsageError("MASTER_KEYS is not set.");
    const progress = createProgress({ isQuiet: values.json });
    const { resealed, left } = await withPlatform(config, "keys", async ({ sql }) => {
      await assertMigrated(sql);
      const total = await countOthers();
      let count = 0;
      let others = total;
      for (let pass = 0; pass < PASSES_MAX && others > 0; pass += 1) {
        count += await resealValues(sql, {
          keyId: key,
          batchSize: BATCH_SIZE,
          reseal: (sealed, place) => keys.seal(keys.open(sealed, place), place),
          progress: (done) => progress.update(done, total, "values"),
        });
        others = await countOthers();
      }
      return { resealed: count, left: others };

      async function countOthers(): Promise<number> {
        const byKey = await countSealedByKey(sql);
        return [...byKey].reduce((sum, [id, held]) => (id === key ? sum : sum + held), 0);
      }
    }).finally(() => progress.end());
    if (values.json) printJson({ key, resealed, left });
    else print(`Sealed ${resealed} values anew with key ${key}; ${left} are left.`);
    return left === 0 ? 0 : 1;
  },
});

export const keysCommand: Command = {
  summary: "Changes the key that seals credentials",
  usage,
  async run([action, ...rest]) {
    if (action === "rotate") return await rotate.run(rest);
    throw new UsageError(
      `${action === undefined ? "Say what to do" : `Unknown action "${action}"`}: there is rotate.`,
    );
  },
};
