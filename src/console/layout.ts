import { html, type Html } from "./html.ts";

export interface Page {
  title: string;
  body: Html;
  version: string;
  visitor?: SignedIn;
  /** Where the browser goes on to by itself. */
  refresh?: string;
}

/** Who is signed in, and the token that signing out has to send. */
interface SignedIn {
  name: string;
  formToken: string;
  /** Where the browser goes once somebody has signed in again, when that is not the console's own page. */
  next?: string | undefined;
}

/** A whole page. There is no script on it, and the headers of the console allow none. */
export function renderPage({ title, body, version, visitor, refresh }: Page): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        ${refresh === undefined ? "" : html`<meta http-equiv="refresh" content="0;url=${refresh}" />`}
        <title>${title} · Nightledger</title>
        <link rel="icon" href="/console/icon.svg" />
        <link rel="stylesheet" href="/console/style.css" />
      </head>
      <body>
        <header class="top">
          <a class="brand" href="/console"><span class="moon"></span>Nightledger</a>
          ${visitor === undefined ? "" : navigation(visitor)}
        </header>
        <main>${body}</main>
        <footer>Nightledger ${version} · <a href="/docs">API reference</a></footer>
      </body>
    </html> `;
  return page.markup;
}

/** The fields of a form that people do not see. */
export function hiddenFields({ formToken, next }: Pick<SignedIn, "formToken" | "next">): Html {
  return html`<input type="hidden" name="form_token" value="${formToken}" />
    ${next === undefined ? "" : html`<input type="hidden" name="next" value="${next}" />`}`;
}

function navigation({ name, ...hidden }: SignedIn): Html {
  return html`<nav>
    <a href="/console">Nights</a>
    <a href="/console/queues">Queues</a>
    <form method="post" action="/console/sign-out">
      ${hiddenFields(hidden)}
      <span class="who">${name}</span>
      <button class="plain">Sign out</button>
    </form>
  </nav>`;
}

/** A page that says one thing, and leads back to what an app asked for or to the console. */
export function renderNotice(notice: {
  title: string;
  text: string;
  version: string;
  wanted?: string | undefined;
}): string {
  const { wanted } = notice;
  const back =
    wanted === undefined
      ? html`<a href="/console">Back to the console</a>`
      : html`<a href="${wanted}">Back to what the app asked for</a>`;
  return renderPage({
    title: notice.title,
    version: notice.version,
    body: html`<section class="card narrow">
      <h1>${notice.title}</h1>
      <p>${notice.text}</p>
      <p>${back}</p>
    </section>`,
  });
}
