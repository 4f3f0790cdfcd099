import { html, type Html } from "./html.ts";

export interface Page {
  title: string;
  body: Html;
  version: string;
  /** Who is signed in, and the token that signing out has to send. */
  visitor?: { name: string; formToken: string };
  /** Where the browser goes on to by itself. */
  refresh?: string;
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

function navigation({ name, formToken }: { name: string; formToken: string }): Html {
  return html`<nav>
    <a href="/console">Nights</a>
    <a href="/console/queues">Queues</a>
    <form method="post" action="/console/sign-out">
      <input type="hidden" name="form_token" value="${formToken}" />
      <span class="who">${name}</span>
      <button class="plain">Sign out</button>
    </form>
  </nav>`;
}

/** A page that says one thing. */
export function renderNotice(notice: { title: string; text: string; version: string }): string {
  return renderPage({
    title: notice.title,
    version: notice.version,
    body: html`<section class="card narrow">
      <h1>${notice.title}</h1>
      <p>${notice.text}</p>
      <p><a href="/console">Back to the console</a></p>
    </section>`,
  });
}
