import type { CompanyRow } from "../db/companies.ts";
import { html, type Html } from "./html.ts";
import { renderPage } from "./layout.ts";
import type { AppRequest } from "./services.ts";

/** Asks whether an app may come in: who it is, what it wants, into which company. */
export function renderAuthorize({
  asked,
  companies,
  current,
  visitor,
  version,
}: {
  asked: AppRequest;
  /** Those that apps can be let into. */
  companies: readonly Pick<CompanyRow, "id" | "name">[];
  /** Where the person works now. */
  current: number | null;
  /** `next` is this page's own address, with the app's request in it. */
  visitor: { name: string; email: string; formToken: string; next: string };
  version: string;
}): string {
  const { app } = asked;
  return renderPage({
    title: `Let ${app.name} in?`,
    version,
    visitor,
    body: html`<section class="card narrow">
      <h1>Let <bdi>${app.name}</bdi> in?</h1>
      <p>
        The app <strong><bdi>${app.name}</bdi></strong> by
        <bdi>${app.ownerName}</bdi>${siteOf(app.website)} asks for your permission. You are signed
        in as ${visitor.email}.
      </p>
      <p>It would like to:</p>
      <ul>
        ${asked.wishes.map((wish) => html`<li>${wish}</li>`)}
      </ul>
      <p class="hint">
        In one company, and never more than you may do there yourself. You can end it at any time
        under the connected apps of your settings. Afterwards you go to
        ${placeOf(asked.redirectUri)}.
      </p>
      <form method="post" action="${visitor.next}" class="stack">
        <input type="hidden" name="form_token" value="${visitor.formToken}" />
        ${companies.length === 0 ? none : choose(companies, current)}
        <button name="decision" value="deny" class="quiet">No, go back</button>
      </form>
    </section>`,
  });
}

const none = html`<p class="problem" role="alert">
  None of your companies is on a plan with API access, which apps need.
</p>`;

function choose(
  companies: readonly Pick<CompanyRow, "id" | "name">[],
  current: number | null,
): Html {
  return html`<label>
      Company
      <select name="company_id">
        ${companies.map(
          ({ id, name }) =>
            html`<option value="${id}" ${id === current ? html`selected` : ""}>${name}</option>`,
        )}
      </select>
    </label>
    <button name="decision" value="allow">Let it in</button>`;
}

function siteOf(website: string | null): Html | string {
  return website === null ? "" : html` (${new URL(website).host})`;
}

/** Where the person is sent, as far as a person can judge it: the host, or what is on their own device. */
function placeOf(redirectUri: string): Html {
  const { host, hostname, protocol } = new URL(redirectUri);
  if (!isWeb(protocol)) return html`the app <code>${protocol.slice(0, -1)}</code> on this device`;
  const isHere = ["127.0.0.1", "[::1]"].includes(hostname);
  return isHere
    ? html`a program on this device (<code>${host}</code>)`
    : html`<code>${host}</code>`;
}

function isWeb(protocol: string): boolean {
  return protocol === "https:" || protocol === "http:";
}

/**
 * Goes on by itself: to a page of ours, for a way that begins here is our own, whoever sent the browser
 * here; or back to the app. A browser that opens another program for it stays on this page.
 */
export function renderDetour({ url, version }: { url: string; version: string }): string {
  const isPage = url.startsWith("/") || isWeb(new URL(url).protocol);
  return renderPage({
    title: "One moment",
    version,
    refresh: url,
    body: html`<section class="card narrow">
      ${
        isPage
          ? html`<p>One moment. <a href="${url}">Go on</a></p>`
          : html`<p>The app opens now. If it does not, <a href="${url}">open it</a>.</p>
              <p>You can close this page then.</p>`
      }
    </section>`,
  });
}
