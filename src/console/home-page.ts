import type { BillingNightRow } from "../db/billing-nights.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { AttentionItemRow } from "../db/attention.ts";
import type { RunStatus } from "../db/run-ledger.ts";
import { html, type Html } from "./html.ts";
import { renderPage } from "./layout.ts";
import { renderNightChart } from "./night-chart.ts";
import { renderTonight } from "./tonight.ts";

/** What waits for a person: the newest of it, and how much there is. */
export interface OpenAttention {
  rows: readonly AttentionItemRow[];
  total: number;
}

export interface Home {
  visitor: { name: string; formToken: string };
  version: string;
  /** All the visitor may look at. */
  companies: readonly CompanyRow[];
  /** The one looked at. */
  company: CompanyRow | undefined;
  /** Latest first. */
  nights: readonly BillingNightRow[];
  runs: readonly { status: RunStatus; count: number }[];
  attention: OpenAttention;
  /** What is no company's; undefined for who is no operator. */
  platformAttention: OpenAttention | undefined;
  /** The machine's time. */
  now: Date;
  formatMoney: (minor: bigint, currency: string) => string;
}

/** Tonight and the last nights, what waits for a person, and how runs are doing. */
export function renderHome(home: Home): string {
  const { company, visitor, version } = home;
  return renderPage({
    title: company?.name ?? "No company",
    version,
    visitor,
    body:
      company === undefined
        ? html`${platformSection(home)}
            <section class="card narrow">
              <h1>No company yet</h1>
              <p>
                Found one over the API (<code>POST /api/v1/companies</code>); its nights show here.
              </p>
            </section>`
        : html`${heading(home, company)} ${renderTonight({ ...home, company })}
          ${attentionSection("Needs attention", home.attention)} ${platformSection(home)}
          ${nightsSection(home)} ${runsSection(home)}`,
  });
}

/** Only where there is something: most days there is not. */
function platformSection({ platformAttention }: Home): Html | "" {
  if (platformAttention === undefined || platformAttention.total === 0) return "";
  return attentionSection("The installation needs attention", platformAttention);
}

function heading({ companies }: Home, company: CompanyRow): Html {
  return html`<div class="heading">
    <h1>${company.name}</h1>
    ${company.testNow === null ? "" : html`<span class="tag">test clock</span>`}
    ${
      companies.length < 2
        ? ""
        : html`<form method="get" action="/console" class="inline">
            <label>
              <span class="hint">Company</span>
              <select name="company">
                ${companies.map(
                  ({ id, name }) =>
                    html`<option value="${id}" ${id === company.id ? html`selected` : ""}>
                      ${name}
                    </option>`,
                )}
              </select>
            </label>
            <button class="quiet">Show</button>
          </form>`
    }
  </div>`;
}

function attentionSection(title: string, { rows, total }: OpenAttention): Html {
  return html`<section class="card">
    <h2>${title} ${total === 0 ? "" : html`<span class="count bad">${total}</span>`}</h2>
    ${
      total === 0
        ? html`<p class="calm">Nothing waits for a person.</p>`
        : html`<ul class="items">
            ${rows.map(
              (item) =>
                html`<li>
                  <strong>${item.title}</strong>
                  ${item.detail === null ? "" : html`<span class="detail">${item.detail}</span>`}
                  <span class="hint">${describeItem(item)}</span>
                </li>`,
            )}
          </ul>`
    }
    ${total > rows.length ? html`<p class="hint">and ${total - rows.length} more</p>` : ""}
  </section>`;
}

/** With the numbers that the remedies in docs/operations.md ask for. */
function describeItem({
  id,
  kind,
  subjectType,
  subjectId,
  runId,
  createdAt,
}: AttentionItemRow): string {
  const about = [
    ...(subjectType === null || subjectId === null ? [] : [`${subjectType} ${subjectId}`]),
    ...(runId === null ? [] : [`run ${runId}`]),
  ];
  return [kind, `item ${id}`, ...about, `since ${formatInstant(createdAt)}`].join(" · ");
}

function nightsSection(home: Home): Html {
  const { nights } = home;
  if (nights.length === 0) {
    return html`<section class="card">
      <h2>Last nights</h2>
      <p class="calm">No night has run yet.</p>
    </section>`;
  }
  return html`<section class="card">
    <h2>Last nights</h2>
    ${renderNightChart(nights)}
    <div class="scroll" role="region" aria-label="Last nights" tabindex="0">
      <table>
        <thead>
          <tr>
            <th>Night</th>
            <th>Status</th>
            <th class="number">Invoices</th>
            <th class="number">Invoiced</th>
            <th class="number">Overdue</th>
            <th class="number">Late fees</th>
            <th class="number">Reminders</th>
            <th class="number">Parked</th>
            <th class="number">Took</th>
          </tr>
        </thead>
        <tbody>
          ${nights.map((night) => nightRow(home, night))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function nightRow({ formatMoney }: Home, night: BillingNightRow): Html {
  // A held night did nothing; what it would have done is its preview.
  const report = night.status === "held" ? (night.preview ?? {}) : night.report;
  const amounts = Object.entries(report.generated?.amounts ?? {});
  const reminders = report.reminders;
  return html`<tr>
    <td>${night.businessDate}</td>
    <td>
      <span class="tag ${night.status}">${night.status}</span>
      ${heldReasonOf(night)}
    </td>
    <td class="number">${report.generated?.count}</td>
    <td class="number money">
      ${amounts.map(
        ([currency, minor]) => html`<span>${formatMoney(BigInt(minor), currency)}</span>`,
      )}
    </td>
    <td class="number">${report.overdue?.count}</td>
    <td class="number">${report.fees?.count}</td>
    <td class="number">
      ${reminders?.queued}${
        reminders !== undefined && reminders.blocked > 0
          ? html` <span class="count bad">${reminders.blocked} blocked</span>`
          : ""
      }
    </td>
    <td class="number">${report.parked?.count}</td>
    <td class="number">${durationOf(night)}</td>
  </tr>`;
}

function heldReasonOf({ status, heldReason }: BillingNightRow): Html | "" {
  if (heldReason === null) return "";
  return html`<span class="detail">${status === "held" ? "" : "was held: "}${heldReason}</span>`;
}

function runsSection({ runs }: Home): Html {
  const bad = new Set<RunStatus>(["dead", "held", "retrying"]);
  return html`<section class="card">
    <h2>Runs of the last seven days</h2>
    ${
      runs.length === 0
        ? html`<p class="calm">None.</p>`
        : html`<ul class="tiles">
            ${runs.map(
              ({ status, count }) =>
                html`<li class="${bad.has(status) ? "bad" : ""}">
                  <strong>${count.toLocaleString("en")}</strong> ${status}
                </li>`,
            )}
          </ul>`
    }
    <p class="hint">
      Each run's story is at <code>GET /api/v1/runs</code>; what the queues hold is under
      <a href="/console/queues">Queues</a>.
    </p>
  </section>`;
}

/** A test company's night runs at its own clock's instant, so it takes no time that could be told. */
function durationOf({ startedAt, finishedAt }: BillingNightRow): string {
  if (startedAt === null || finishedAt === null) return "";
  const ms = finishedAt.getTime() - startedAt.getTime();
  return ms <= 0 ? "–" : `${(ms / 1000).toFixed(1)} s`;
}

/** In UTC, to the minute. */
function formatInstant(instant: Date): string {
  return `${instant.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
