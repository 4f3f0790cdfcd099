import type { BillingNightRow } from "../db/billing-nights.ts";
import { html, type Html } from "./html.ts";

const BAR_WIDTH = 14;
const GAP = 4;
const HEIGHT = 72;

/** Invoices per night as bars, oldest first. Drawn on the server: the console has no script. */
export function renderNightChart(latestFirst: readonly BillingNightRow[]): Html {
  const nights = latestFirst.toReversed();
  const counts = nights.map((night) => night.report.generated?.count ?? 0);
  const most = Math.max(1, ...counts);
  const width = nights.length * (BAR_WIDTH + GAP);
  return html`<svg
    class="chart"
    viewBox="0 0 ${width} ${HEIGHT}"
    width="${width}"
    height="${HEIGHT}"
    role="img"
    aria-label="Invoices per night, at most ${Math.max(...counts)}"
  >
    ${nights.map((night, index) => {
      const count = counts[index] ?? 0;
      // A night without invoices still shows that it was there.
      const height = Math.max(2, Math.round((count / most) * (HEIGHT - 4)));
      return html`<rect
        class="${night.status}"
        x="${index * (BAR_WIDTH + GAP)}"
        y="${HEIGHT - height}"
        width="${BAR_WIDTH}"
        height="${height}"
        rx="2"
      >
        <title>${night.businessDate}: ${count} invoices</title>
      </rect>`;
    })}
  </svg>`;
}
