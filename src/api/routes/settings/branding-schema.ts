import { z } from "zod";
import type { Branding, BrandingChanges } from "../../../actions/save-branding.ts";
import { HTML_LENGTH_MAX } from "../../../actions/save-branding.ts";
import { LOOKS } from "../../../actions/invoice-look.ts";
import { optionalText } from "../../inputs.ts";

const layouts = ["classic", "modern", "compact"] as const;
const html = z.string().nullable().meta({ description: "Sanitised: safe to be shown as it is." });

export const templateJson = z
  .object({
    id: z.int(),
    layout: z.enum(layouts),
    primary_color: z.string().meta({ description: "Names, numbers and text." }),
    secondary_color: z.string().meta({ description: "Heads of tables." }),
    accent_color: z.string().meta({ description: "The title, the band and the rules of totals." }),
    font_family: z.string().meta({ description: "Of mails. PDFs are set in Noto Sans." }),
    show_logo: z.boolean(),
    header_html: html,
    footer_html: html,
    custom_css: z
      .string()
      .nullable()
      .meta({ description: "For pages that show the template; PDFs do not read it." }),
  })
  .meta({ id: "InvoiceTemplate" });

export const brandingAnswer = z.object({
  data: z.object({
    logo_path: z
      .string()
      .nullable()
      .meta({ description: "Null without a logo; fetch it at /settings/branding/logo." }),
    template: templateJson,
  }),
});

/** What was never said is shown as it is printed. */
export function presentTemplate(branding: Branding): z.input<typeof templateJson> {
  const look = LOOKS[branding.invoiceLayout];
  return {
    id: branding.id,
    layout: branding.invoiceLayout,
    primary_color: branding.primaryColor ?? look.ink,
    secondary_color: branding.secondaryColor ?? look.tableHead.text,
    accent_color: branding.accentColor ?? look.accent,
    font_family: branding.fontFamily ?? "system-ui, sans-serif",
    show_logo: branding.showLogo,
    header_html: branding.headerHtml,
    footer_html: branding.footerHtml,
    custom_css: branding.customCss,
  };
}

export function presentBranding(branding: Branding) {
  return { logo_path: branding.logoPath, template: presentTemplate(branding) };
}

const color = z
  .string()
  .max(7)
  .transform((text) => text.toLowerCase().replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3"))
  .refine((text) => /^#[0-9a-f]{6}$/.test(text), "Must be a colour like #3b82f6.")
  .meta({ example: "#3b82f6" })
  .nullable()
  .optional();

/** Names with commas between them: nothing that ends a declaration of CSS. */
const fontFamily = optionalText(255).refine(
  (text) => typeof text !== "string" || /^[\p{L}\p{N} ,'"_-]+$/u.test(text),
  "Must be names of fonts, with commas between them.",
);

export const brandingBody = z.strictObject({
  layout: z.enum(layouts).optional(),
  primary_color: color,
  secondary_color: color,
  accent_color: color,
  font_family: fontFamily,
  show_logo: z.boolean().optional(),
  header_html: optionalText(HTML_LENGTH_MAX),
  footer_html: optionalText(HTML_LENGTH_MAX),
  custom_css: optionalText(5000),
});

/** What a request gives, in the names of the row. */
export function brandingInput(body: z.output<typeof brandingBody>): BrandingChanges {
  return {
    invoiceLayout: body.layout,
    primaryColor: body.primary_color,
    secondaryColor: body.secondary_color,
    accentColor: body.accent_color,
    fontFamily: body.font_family,
    showLogo: body.show_logo,
    headerHtml: body.header_html,
    footerHtml: body.footer_html,
    customCss: body.custom_css,
  };
}
