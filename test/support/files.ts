import sharp from "sharp";

/** A form with one file. Its name and type are what the sender says, and mean nothing. */
export function formOf(
  field: string,
  content: Uint8Array | string,
  { name = "file", type = "application/octet-stream" }: { name?: string; type?: string } = {},
): FormData {
  const form = new FormData();
  form.append(field, new Blob([new Uint8Array(Buffer.from(content))], { type }), name);
  return form;
}

/** A picture of one colour. */
export async function picture(
  format: "jpeg" | "png" | "gif" | "webp",
  { width = 40, height = 20, color = "#3b82f6" } = {},
): Promise<Buffer> {
  const image = sharp({ create: { width, height, channels: 4, background: color } });
  return await image.toFormat(format).toBuffer();
}

/** The smallest thing that is a PDF to most. */
export const smallPdf = Buffer.from(
  "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
);
