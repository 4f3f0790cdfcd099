import type { BillingNightRow } from "../db/billing-nights.ts";
import type { CompanyRow } from "../db/companies.ts";
import { html, type Html } from "./html.ts";

/** What becomes of the coming night, or of the one that is running or held. */
export function renderTonight({
  company,
  nights,
  now,
}: {
  company: CompanyRow;
  nights: readonly BillingNightRow[];
  now: Date;
}): Html {
  const held = nights.filter((night) => night.status === "held");
  const running = nights.find((night) => night.status === "running");
  return html`<section class="card night">
    <h2>Tonight</h2>
    <p class="big">${sentence(company, running, now)}</p>
    <p class="hint">
      ${company.timezone}, billing hour
      ${String(company.billingHour).padStart(2, "0")}:${String(company.billingMinute).padStart(2, "0")}
      · company ${company.id}
    </p>
    ${held.map(
      (night) =>
        html`<p class="problem">
          The night of ${night.businessDate} is held: ${night.heldReason}. Release it with
          <code>POST /api/v1/nights/${night.id}/release</code> and the header
          <code>X-Company-Id: ${company.id}</code>.
        </p>`,
    )}
  </section>`;
}

function sentence(company: CompanyRow, running: BillingNightRow | undefined, now: Date): Html {
  if (running !== undefined) return html`The night of ${running.businessDate} is running.`;
  if (company.testNow !== null) {
    return html`Lives at a test clock, which stands at ${formatLocal(company.testNow, company)}. Its
    nights run when the clock is advanced.`;
  }
  if (company.nextNightAt === null) return html`No night is planned.`;
  const isLate = company.nextNightAt.getTime() < now.getTime();
  return html`The night of ${company.nextNightDate} ${isLate ? "was due" : "begins"}
  ${formatLocal(company.nextNightAt, company)}.`;
}

/** On the company's own clock. */
function formatLocal(instant: Date, { timezone }: CompanyRow): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    dateStyle: "full",
    timeStyle: "short",
  }).format(instant);
}
