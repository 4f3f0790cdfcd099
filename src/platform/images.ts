/** A picture that is larger than this when unpacked is taken for an attack, not for a logo. */
const PIXELS_MAX = 25_000_000;
/** What a picture may weigh on every paper it is printed on, before its colours are thinned out. */
const PRINTED_BYTES_MAX = 100_000;

/**
 * A picture (JPEG, PNG, GIF, WebP) made ready for paper: upright, at most so many pixels, on white, as a
 * PNG that a PDF takes as it is. Nothing but the pixels of the first image is left: no names of people
 * and places, nothing hidden behind it. Undefined for what cannot be unpacked, or not within reason.
 */
export async function printableImage(
  content: Uint8Array,
  { widthMax, heightMax }: { widthMax: number; heightMax: number },
): Promise<Buffer | undefined> {
  // Loaded when first needed: it is native code, which other processes and commands never need.
  const { default: sharp } = await import("sharp");
  const draw = async (png: { palette: boolean; effort?: number }) =>
    await sharp(content, { limitInputPixels: PIXELS_MAX, failOn: "error" })
      .autoOrient()
      .resize({ width: widthMax, height: heightMax, fit: "inside", withoutEnlargement: true })
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .png({ compressionLevel: 9, ...png })
      .timeout({ seconds: 10 })
      .toBuffer();
  try {
    const image = await draw({ palette: false });
    if (image.length <= PRINTED_BYTES_MAX) return image;
    // More effort takes seconds and gains nothing that could be seen on paper.
    return await draw({ palette: true, effort: 3 });
  } catch {
    // Its errors tell of the picture only; whoever sent it is told that it cannot be read.
    return undefined;
  }
}

/** Width and height of a PNG in pixels: the first two numbers of its head. */
export function sizeOfPng(png: Buffer): { width: number; height: number } {
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}
