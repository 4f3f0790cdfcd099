import { randomBytes } from "node:crypto";
import sharp from "sharp";
import { expect, test } from "vitest";
import { printableImage, sizeOfPng } from "../../../src/platform/images.ts";
import { picture } from "../../support/files.ts";

const box = { widthMax: 720, heightMax: 240 };

test.for(["jpeg", "png", "gif", "webp"] as const)(
  "a %s becomes a small opaque PNG",
  async (format) => {
    const image = await printableImage(await picture(format, { width: 1440, height: 360 }), box);
    expect(sizeOfPng(image!)).toEqual({ width: 720, height: 180 });
    expect(await sharp(image).metadata()).toMatchObject({
      format: "png",
      hasAlpha: false,
      depth: "uchar",
    });
  },
);

test("small ones are not blown up, see-through ones stand on white, sideways ones are turned", async () => {
  const clear = await printableImage(
    await picture("png", { width: 10, height: 4, color: "#00000000" }),
    box,
  );
  expect(sizeOfPng(clear!)).toEqual({ width: 10, height: 4 });
  expect((await sharp(clear).stats()).channels.map(({ min }) => min)).toEqual([255, 255, 255]);
  const sideways = await sharp(await picture("jpeg", { width: 40, height: 20 }))
    .withExif({ IFD0: { Artist: "Ada Lovelace" } })
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const upright = await printableImage(sideways, box);
  expect(sizeOfPng(upright!)).toEqual({ width: 20, height: 40 });
  expect(upright!.includes("Lovelace")).toBe(false);
});

test("a picture of noise weighs no more than paper can bear", async () => {
  const noise = await sharp(randomBytes(720 * 240 * 3), {
    raw: { width: 720, height: 240, channels: 3 },
  })
    .png()
    .toBuffer();
  expect(noise.length).toBeGreaterThan(500_000);
  expect((await printableImage(noise, box))!.length).toBeLessThan(200_000);
});

test("what is damaged, hides a mountain of pixels, or is no picture is not printable", async () => {
  const png = await picture("png", { width: 400, height: 400 });
  expect(await printableImage(png.subarray(0, png.length - 40), box)).toBeUndefined();
  expect(
    await printableImage(Buffer.from("\x89PNG\r\n\x1a\n and then some", "latin1"), box),
  ).toBeUndefined();
  const bomb = await sharp({
    create: { width: 6000, height: 6000, channels: 3, background: "#fff" },
  })
    .png({ compressionLevel: 9 })
    .toBuffer();
  expect(bomb.length).toBeLessThan(300_000);
  expect(await printableImage(bomb, box)).toBeUndefined();
});
