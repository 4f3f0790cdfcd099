import { html } from "./html.ts";
import { hiddenFields, renderPage } from "./layout.ts";

/** The way in: with email and password, or with the token that `nightledger up` prints. */
export function renderSignIn({
  formToken,
  email,
  next,
  problem,
  version,
}: {
  formToken: string;
  /** What was typed before. */
  email?: string;
  /** Where the browser goes then, when that is not the console's own page. */
  next?: string | undefined;
  problem?: string;
  version: string;
}): string {
  const hidden = hiddenFields({ formToken, next });
  return renderPage({
    title: "Sign in",
    version,
    body: html`<section class="card narrow">
      <h1>Sign in</h1>
      ${problem === undefined ? "" : html`<p class="problem" role="alert">${problem}</p>`}
      <form method="post" action="/console/sign-in" class="stack">
        ${hidden}
        <label>
          Email
          <input
            type="email"
            name="email"
            value="${email ?? ""}"
            autocomplete="username"
            required
          />
        </label>
        <label>
          Password
          <input type="password" name="password" autocomplete="current-password" required />
        </label>
        <button>Sign in</button>
      </form>
      <details ${email === undefined ? html`open` : ""}>
        <summary>I have a token from the terminal</summary>
        <form method="post" action="/console/sign-in" class="stack">
          ${hidden}
          <label>
            Token
            <input type="password" name="token" autocomplete="off" required />
          </label>
          <button>Sign in with the token</button>
        </form>
        <p class="hint">
          <code>nightledger up</code> and <code>demo</code> print one at each start.
        </p>
      </details>
    </section>`,
  });
}
