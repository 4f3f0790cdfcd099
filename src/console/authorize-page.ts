import type { CompanyRow } from "../db/companies.ts";
import { html, type Html } from "./html.ts";
import { renderPage } from "./layout.ts";
import type { AppRequest } from "./services.ts";

/** Asks whether an app may come in: who it is, what it wants, into which company. */
export function renderAuthorize({
  asked,
  action,
  companies,
  current,
  visitor,
  version,
}: {
  asked: AppRequest;
  /** This page's own address, with the app's request in it. */
  action: string;
  /** Those that apps can be let into. */
  companies: readonly Pick<CompanyRow, "id" | "name">[];
  /** Where the person works now. */
  current: number | null;
  visitor: { name: string; email: string; formToken: string };
  version: string;
}): string {
  const { app } = asked;
  return renderPage({
    title: `Let ${app.name} in?`,
    version,
    visitor,
    body: html`<section class="card narrow">
      <h1>Let ${app.name} in?</h1>
      <p>
        The app <strong>${app.name}</strong> by ${app.ownerName}${siteOf(app.website)} asks for your
        permission. You are signed in as ${visitor.email}.
      </p>
      <p>It would like to:</p>
      <ul>
        ${asked.wishes.map((wish) => html`<li>${wish}</li>`)}
      </ul>
      <p class="hint">
        In one company, and never more than you may do there yourself. You can end it at any time
        under the connected apps of your settings. Afterwards you go to
        <code>${placeOf(asked.redirectUri)}</code>.
      </p>
      <form method="post" action="${action}" class="stack">
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

/** Where the person is sent, as far as a person can judge it: the host, or the app's own scheme. */
function placeOf(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return host === "" ? protocol : host;
}

/**
 * Goes on by itself: to a page of ours, for a way that begins here is our own, whoever sent the browser
 * here; or back to the app.
 */
export function renderDetour({ url, version }: { url: string; version: string }): string {
  return renderPage({
    title: "One moment",
    version,
    refresh: url,
    body: html`<section class="card narrow">
      <p>One moment. <a href="${url}">Go on</a></p>
    </section>`,
  });
}
