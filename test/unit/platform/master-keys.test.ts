import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readMasterKeys } from "../../../src/bootstrap.ts";
import { loadConfig } from "../../../src/config/config.ts";

const GIVEN = `k1:${Buffer.alloc(32, 1).toString("base64")}`;

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nightledger-keys-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test("a key is made once per data folder, for its owner's eyes only, and only where that is wanted", async () => {
  const dataDir = await makeFolder();
  const config = loadConfig({ DATA_DIR: dataDir });
  expect(await readMasterKeys(config, { makesKey: false })).toEqual([]);
  const [one, other] = await Promise.all([
    readMasterKeys(config, { makesKey: true }),
    readMasterKeys(config, { makesKey: true }),
  ]);
  expect(one).toMatchObject([{ id: "local" }]);
  expect(one[0]?.key).toHaveLength(32);
  expect(other).toEqual(one);
  expect((await stat(join(dataDir, "master-key"))).mode & 0o777).toBe(0o600);
  expect(await readMasterKeys(config, { makesKey: false })).toEqual(one);
});

test("MASTER_KEYS seal before the folder's own key, which still opens, and make none necessary", async () => {
  const dataDir = await makeFolder();
  const given = loadConfig({ DATA_DIR: dataDir, MASTER_KEYS: GIVEN });
  expect(await readMasterKeys(given, { makesKey: true })).toMatchObject([{ id: "k1" }]);
  const made = await readMasterKeys(loadConfig({ DATA_DIR: dataDir }), { makesKey: true });
  expect(await readMasterKeys(given, { makesKey: true })).toMatchObject([
    { id: "k1" },
    { id: "local", key: made[0]?.key },
  ]);
});
