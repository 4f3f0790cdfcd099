import { expect, test } from "vitest";
import { styleSheet } from "../../../src/console/styles.ts";

/** The colours of the light page, then those of the dark one. */
const schemes = [...styleSheet.matchAll(/:root \{(.*?)\}/gs)].map(
  ([, body = ""]) =>
    new Map([...body.matchAll(/--([\w-]+): (#\w{6})/g)].map(([, name, hex]) => [name, hex ?? ""])),
);

/** As WCAG 2 says. */
function luminanceOf(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test("every colour of text can be read on what it stands on, by day and by night", () => {
  expect(schemes).toHaveLength(2);
  const texts = ["ink", "soft", "accent", "good", "warn", "bad"];
  const pairs = [...texts.flatMap((text) => [`${text} card`, `${text} paper`]), "bad bad-soft"];
  const unreadable = schemes.flatMap((colours) =>
    pairs.filter((pair) => {
      const [text = "", ground = ""] = pair.split(" ").map((name) => colours.get(name));
      return contrastOf(text, ground) < 4.5;
    }),
  );
  expect(unreadable).toEqual([]);
});
