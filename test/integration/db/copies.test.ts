import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { setup } from "../../support/setup.ts";

// About as much as a stream takes up before it asks its source to wait, and more.
const sizes = Array.from({ length: 40 }, (_, index) => 4_000 + index * 1_000);

test("a connection goes on after rows were copied from it, however many bytes the last of them are", async () => {
  const { sql } = await setup();
  const copied = await sql.begin(async (tx) => {
    const lengths: number[] = [];
    for (const size of sizes) {
      const rows = await tx`
        copy (select repeat('x', 99) from generate_series(1, ${tx.unsafe(String(size / 100))})) to stdout
      `.readable();
      let length = 0;
      for await (const row of rows) {
        // Whoever writes them somewhere is slower than the database.
        await new Promise((resolve) => void setImmediate(resolve));
        length += (row as Buffer).length;
      }
      lengths.push(length);
    }
    return lengths;
  });
  expect(copied).toEqual(sizes);
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
});

test("a connection goes on after rows of which the rest is not taken, and after some that end in an error", async () => {
  const { sql } = await setup();
  await sql.begin(async (tx) => {
    const rows =
      await tx`copy (select repeat('x', 99) from generate_series(1, 100000)) to stdout`.readable();
    rows.once("data", () => rows.destroy());
    await once(rows, "close");
    expect(await tx`select 1 as one`).toEqual([{ one: 1 }]);
  });
  const failing = async () =>
    await sql.begin(async (tx) => {
      const rows = await tx`
        copy (select repeat('x', 99), 1 / (400 - n) from generate_series(1, 400) as n) to stdout
      `.readable();
      await text(rows);
    });
  await expect(failing()).rejects.toMatchObject({ code: "22012" });
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
});
