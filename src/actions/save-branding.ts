import type { Sql, Tx } from "../db/client.ts";
import { findCompany, lockCompany, updateCompanyLook, type CompanyRow } from "../db/companies.ts";
import { claimFile, discardFile } from "../db/files-to-delete.ts";
import {
  findInvoiceTemplate,
  insertInvoiceTemplate,
  updateInvoiceTemplate,
  type InvoiceTemplateFields,
  type InvoiceTemplateRow,
} from "../db/invoice-templates.ts";
import { InvalidInput, NotFound } from "../errors.ts";
import { problemOfCss, sanitizeHtml } from "../platform/html.ts";
import { printableImage } from "../platform/images.ts";
import type { UploadedFile } from "./uploaded-file.ts";

/** How a company looks to its clients. */
export type Branding = InvoiceTemplateRow & Pick<CompanyRow, "logoPath" | "invoiceLayout">;

/** What is left out stays as it is; null gives back the layout's own. */
export type BrandingChanges = {
  [K in keyof InvoiceTemplateFields]?: InvoiceTemplateFields[K] | undefined;
} & { invoiceLayout?: CompanyRow["invoiceLayout"] | undefined };

/** As long as HTML of a template may be, before and after it is sanitised. */
export const HTML_LENGTH_MAX = 5000;

/** Pixels: as large as a logo is printed, 2.4 by 0.8 inches at 300 dots an inch. */
const PRINTED_LOGO = { widthMax: 720, heightMax: 240 };

/** As it is; undefined until the company has a template. */
export async function findBranding(
  sql: Sql | Tx,
  companyId: number,
): Promise<Branding | undefined> {
  const [company, template] = [
    await findCompany(sql, companyId),
    await findInvoiceTemplate(sql, companyId),
  ];
  if (company === undefined) throw new NotFound("Company");
  const { logoPath, invoiceLayout } = company;
  return template === undefined ? undefined : { ...template, logoPath, invoiceLayout };
}

/** Locked against other changes, and made when there is none yet. */
export async function lockBranding(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
): Promise<Branding> {
  await lockCompany(tx, companyId);
  await insertInvoiceTemplate(tx, { companyId, now });
  const branding = await findBranding(tx, companyId);
  if (branding === undefined) throw new NotFound("Template");
  return branding;
}

/**
 * Changes a locked branding. HTML is sanitised before it is stored: what comes back is safe to be shown.
 * Throws `InvalidInput` for HTML that is too long once it is, and for style sheets that do more than
 * style.
 */
export async function saveBranding(
  tx: Tx,
  key: { companyId: number; now: Date },
  branding: Branding,
  { invoiceLayout = branding.invoiceLayout, ...changes }: BrandingChanges,
): Promise<Branding> {
  const { logoPath } = branding;
  const problem = problemOfCss(changes.customCss ?? "");
  if (problem !== undefined) throw new InvalidInput({ custom_css: [problem] });
  const safe = {
    ...changes,
    headerHtml: safeHtml("header_html", changes.headerHtml),
    footerHtml: safeHtml("footer_html", changes.footerHtml),
  };
  const given = Object.fromEntries(Object.entries(safe).filter(([, value]) => value !== undefined));
  const template = await updateInvoiceTemplate(tx, key, given);
  await updateCompanyLook(tx, key, { invoiceLayout, logoPath });
  return { ...template, invoiceLayout, logoPath };
}

/** Makes a file the logo; the one before it is deleted. Throws `InvalidInput` for what is no picture. */
export async function saveLogo(
  tx: Tx,
  key: { companyId: number; now: Date },
  file: UploadedFile,
): Promise<Branding> {
  const { companyId } = key;
  // Before anything is locked: unpacking takes a while.
  const logoPrint = await printableImage(file.content, PRINTED_LOGO);
  if (logoPrint === undefined) {
    throw new InvalidInput({
      [file.field]: ["The picture is damaged, or too large to be unpacked."],
    });
  }
  const { logoPath: before, invoiceLayout } = await lockBranding(tx, key);
  await claimFile(tx, { companyId, key: file.key });
  if (before !== null) await discardFile(tx, { companyId, key: before });
  const template = await updateInvoiceTemplate(tx, key, { logoPrint });
  const look = { invoiceLayout, logoPath: file.key };
  await updateCompanyLook(tx, key, look);
  return { ...template, ...look };
}

function safeHtml(field: string, html: string | null | undefined): string | null | undefined {
  if (typeof html !== "string") return html;
  const safe = sanitizeHtml(html).trim();
  if (Array.from(safe).length > HTML_LENGTH_MAX) {
    const text = `Must not be greater than ${HTML_LENGTH_MAX} characters once it is sanitised.`;
    throw new InvalidInput({ [field]: [text] });
  }
  return safe === "" ? null : safe;
}
