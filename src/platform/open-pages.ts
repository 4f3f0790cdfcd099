import type { Pages, PagesOptions } from "./pdf.ts";

/**
 * Begins a PDF. What writes them takes 25 megabytes once it is loaded, which a process has no use for
 * that has none to write.
 */
export async function openPages(options: PagesOptions): Promise<Pages> {
  const pdf = await import("./pdf.ts");
  return new pdf.Pages(options);
}
