import type { Sql, Tx } from "../db/client.ts";
import { findPrintedTemplate } from "../db/invoice-templates.ts";
import type { PaperBranding } from "./invoice-document.ts";

/** What a company's papers and mails look like; undefined for one that has said nothing of it. */
export async function loadBranding(
  sql: Sql | Tx,
  companyId: number,
): Promise<PaperBranding | undefined> {
  const template = await findPrintedTemplate(sql, companyId);
  if (template === undefined) return undefined;
  const { primaryColor, secondaryColor, accentColor, fontFamily, logoPrint } = template;
  return {
    primaryColor,
    secondaryColor,
    accentColor,
    fontFamily,
    logo: logoPrint,
    header: await printedText(template.headerHtml),
    footer: await printedText(template.footerHtml),
  };
}

async function printedText(html: string | null): Promise<string | null> {
  if (html === null) return null;
  // Only now: reading HTML takes megabytes once it is loaded, and most companies have none.
  const { textOfHtml } = await import("../platform/html.ts");
  return textOfHtml(html);
}
