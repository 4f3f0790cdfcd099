import { sizeOfPng } from "../platform/images.ts";
import type { Pages, TextStyle } from "../platform/pdf.ts";
import type { InvoiceParty, PaperBranding } from "./invoice-document.ts";
import type { InvoiceLook } from "./invoice-look.ts";

/** In points. */
const LOGO_WIDTH_MAX = 170;

/** The company on the left, below its logo; what this paper is on the right; the header below both. */
export function drawHead(
  pages: Pages,
  look: InvoiceLook,
  paper: {
    company: InvoiceParty;
    title: string;
    badge?: { text: string; color: string } | undefined;
    branding?: PaperBranding | undefined;
  },
): void {
  const { company, title, badge, branding } = paper;
  const { band } = look;
  const columnWidth = pages.width * 0.58;
  const nameStyle: TextStyle = {
    size: look.body * 1.7,
    weight: "bold",
    color: band?.text ?? look.ink,
  };
  const titleStyle: TextStyle = { size: look.body * 2.4, color: band?.text ?? look.title };
  const addressStyle: TextStyle = { size: look.body - 0.5, color: band?.quiet ?? look.quiet };
  const name = pages.wrap(company.name, columnWidth, nameStyle).slice(0, 3);
  const address = partyLines(pages, company, columnWidth, addressStyle);
  const logo = branding?.logo ? fitLogo(branding.logo, look) : undefined;
  const height =
    (logo?.space ?? 0) +
    name.length * pages.lineHeight(nameStyle) +
    address.length * pages.lineHeight(addressStyle);

  if (band !== undefined) {
    const bandHeight = pages.y + height + 18;
    pages.box({ x: 0, y: 0, width: pages.pageWidth, height: bandHeight, color: look.accent });
  }
  const top = pages.y;
  if (logo !== undefined) drawLogo(pages, logo, look);
  const right = { x: pages.left, width: pages.width, align: "right" } as const;
  pages.draw(title, { ...right, y: top - titleStyle.size * 0.28 }, titleStyle);
  if (badge !== undefined) drawBadge(pages, badge, look, top + titleStyle.size * 1.25);

  pages.flow(name, nameStyle, { x: pages.left, width: columnWidth });
  pages.flow(address, addressStyle, { x: pages.left, width: columnWidth });
  const lowest = top + titleStyle.size * 1.25 + look.body * 2;
  pages.y = Math.max(pages.y, lowest) + look.body * (band === undefined ? 2.2 : 4);
  if (branding?.header) {
    const style: TextStyle = { size: look.body - 0.5, color: look.quiet };
    pages.flow(pages.wrap(branding.header, pages.width, style), style, {
      x: pages.left,
      width: pages.width,
    });
    pages.y += look.body * 1.5;
  }
}

interface FittedLogo {
  image: Buffer;
  /** In points. */
  width: number;
  height: number;
  /** What it takes from top to bottom, with the gap below it. */
  space: number;
}

/** As large as fits, and never larger than its pixels are good for. */
function fitLogo(image: Buffer, look: InvoiceLook): FittedLogo {
  const size = sizeOfPng(image);
  const scale = Math.min(LOGO_WIDTH_MAX / size.width, (look.body * 6) / size.height, 0.75);
  const [width, height] = [size.width * scale, size.height * scale];
  return { image, width, height, space: height + look.body };
}

/** Logos are opaque and made for white paper: on a band they get some paper of their own. */
function drawLogo(
  pages: Pages,
  { image, width, height, space }: FittedLogo,
  look: InvoiceLook,
): void {
  const place = { x: pages.left, y: pages.y, width, height };
  if (look.band !== undefined) {
    const box = { x: place.x - 5, y: place.y - 5, width: width + 10, height: height + 10 };
    pages.box({ ...box, color: "#ffffff", radius: 3 });
  }
  pages.image(image, place);
  pages.y += space;
}

function drawBadge(
  pages: Pages,
  badge: { text: string; color: string },
  look: InvoiceLook,
  y: number,
): void {
  const style: TextStyle = { size: look.body - 1, weight: "bold", color: "#ffffff" };
  const width = pages.widthOf(badge.text, style) + 14;
  const x = pages.right - width;
  const height = pages.lineHeight(style) + 3;
  pages.box({ x, y, width, height, color: badge.color, radius: 3 });
  pages.draw(badge.text, { x, y: y + 1.5, width, align: "center" }, style);
}

/** What stands below the name of one side. */
export function partyLines(
  pages: Pages,
  party: InvoiceParty,
  width: number,
  style: TextStyle,
): string[] {
  return [
    ...party.address,
    party.email ?? "",
    party.taxNumber ? `Tax number ${party.taxNumber}` : "",
  ]
    .filter((line) => line.trim() !== "")
    .flatMap((line) => pages.wrap(line, width, style));
}
