import type { Sql, Tx } from "../db/client.ts";
import { findPrintedTemplate } from "../db/invoice-templates.ts";
import { textOfHtml } from "../platform/html.ts";
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
    header: template.headerHtml === null ? null : textOfHtml(template.headerHtml),
    footer: template.footerHtml === null ? null : textOfHtml(template.footerHtml),
  };
}
