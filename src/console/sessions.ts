import type { Request, RequestHandler, Response } from "express";
import { z } from "zod";
import { inTransaction } from "../db/transaction.ts";
import { findSession, revokeSession, type IdentityRow } from "../db/sessions.ts";
import { Failure, Forbidden } from "../errors.ts";
import { createToken, hashToken } from "../platform/tokens.ts";
import {
  clearCookie,
  FORM_COOKIE,
  formTokenFor,
  isOurForm,
  readCookie,
  SESSION_COOKIE,
  setCookie,
} from "./cookies.ts";
import type { ConsoleServices } from "./services.ts";
import { renderSignIn } from "./sign-in-page.ts";

/** Who is signed in, and what their forms have to send. */
export interface Visitor {
  user: IdentityRow;
  formToken: string;
}

const visitors = new WeakMap<Response, Visitor>();

/** The visitor whom `requireSession` let in. */
export function visitorOf(response: Response): Visitor {
  const visitor = visitors.get(response);
  if (visitor === undefined) throw new Error("the page did not ask for a session");
  return visitor;
}

/** Lets in who has a session; others are shown the way in, or told 401 when no page was asked for. */
export function requireSession({ sql, clock }: ConsoleServices): RequestHandler {
  return async (request, response, next) => {
    const token = readCookie(request, SESSION_COOKIE);
    const user =
      token === undefined
        ? undefined
        : await findSession(sql, { tokenHash: hashToken(token), now: clock.now() });
    if (token !== undefined && user !== undefined) {
      visitors.set(response, { user, formToken: formTokenFor(token) });
      next();
      return;
    }
    sendToSignIn(request, response);
  };
}

/** To the way in, and from there back to what an app asked for; whoever asked for no page is told 401. */
export function sendToSignIn(request: Request, response: Response): void {
  // Browsers name HTML when they go to a page or send a form; programs take anything.
  const isPage =
    request.method === "GET"
      ? request.accepts(["html", "json"]) === "html"
      : request.accepts(["json", "html"]) === "html";
  if (isPage) {
    showTheWayIn(request, response);
    return;
  }
  response.status(401).json({ message: "Sign in at /console/sign-in.", code: "unauthenticated" });
}

function showTheWayIn(request: Request, response: Response): void {
  const wanted = wantedOf(request);
  const query = wanted === undefined ? "" : `?next=${encodeURIComponent(wanted)}`;
  // 303, for a form may come from a page that stood open until the session was over.
  response.redirect(303, `/console/sign-in${query}`);
}

/** Whether somebody may see what is the platform's and no company's: its queues, its attention items. */
export function isOperator({ operators }: ConsoleServices, { user }: Visitor): boolean {
  return operators === undefined || operators.includes(user.email.toLowerCase());
}

/** Lets in operators only, after `requireSession`. */
export function requireOperator(services: ConsoleServices): RequestHandler {
  return (_request, response, next) => {
    if (!isOperator(services, visitorOf(response))) {
      throw new Forbidden("Only operators of this installation (setting OPERATORS) may see this.");
    }
    next();
  };
}

export function showSignIn({ version }: ConsoleServices): RequestHandler {
  return (request, response) => {
    let secret = readCookie(request, FORM_COOKIE);
    if (secret === undefined) {
      secret = createToken("nlf");
      setCookie(request, response, { name: FORM_COOKIE, value: secret });
    }
    const next = nextOf(request.query["next"]);
    response.send(renderSignIn({ formToken: formTokenFor(secret), version, next }));
  };
}

const WithPassword = z.object({ email: z.string().max(255), password: z.string().max(1_000) });
const WithToken = z.object({ token: z.string().min(1).max(200) });
const Form = z.union([WithToken, WithPassword]);

/** POST /console/sign-in, with email and password or with a session's token. */
export function signIn(services: ConsoleServices): RequestHandler {
  const { version, sessionMs } = services;
  return async (request, response) => {
    const body: unknown = request.body;
    const secret = readCookie(request, FORM_COOKIE);
    const form = Form.safeParse(body);
    const typed = form.success && "email" in form.data ? { email: form.data.email } : {};
    const next = wantedOf(request);
    const refuse = (status: number, problem: string) => {
      const own = secret ?? createToken("nlf");
      if (secret === undefined) setCookie(request, response, { name: FORM_COOKIE, value: own });
      const formToken = formTokenFor(own);
      response.status(status).send(renderSignIn({ formToken, problem, version, next, ...typed }));
    };

    if (!isOurForm(request, secret, fieldOf(body, "form_token"))) {
      refuse(403, "This form is too old. Please try again.");
      return;
    }
    if (!form.success) {
      refuse(422, "Enter an email address and a password, or a token.");
      return;
    }
    try {
      const token = await openSession(services, form.data, request.ip ?? "");
      if (token === undefined) {
        refuse(401, "email" in form.data ? "Wrong email or password." : "This token is not valid.");
        return;
      }
      setCookie(request, response, { name: SESSION_COOKIE, value: token, maxAgeMs: sessionMs });
      clearCookie(response, FORM_COOKIE);
      response.redirect(303, next ?? "/console");
    } catch (error) {
      if (!(error instanceof Failure && error.status === 429)) throw error;
      refuse(429, error.message);
    }
  };
}

/** A session of the browser's own: signing out there leaves the terminal's token alone. */
async function openSession(
  { sql, clock, signIn: ways }: ConsoleServices,
  form: z.infer<typeof Form>,
  ip: string,
): Promise<string | undefined> {
  if (!("token" in form)) return await ways.byPassword({ ip, ...form });
  // 256 random bits need no counting of attempts.
  const tokenHash = hashToken(form.token.trim());
  const holder = await findSession(sql, { tokenHash, now: clock.now() });
  return holder === undefined ? undefined : await ways.openSession(holder.id);
}

/** POST /console/sign-out: ends the session itself, not only the cookie, and shows the way in again. */
export function signOut({ sql, clock }: ConsoleServices): RequestHandler {
  return async (request, response) => {
    const { user } = visitorOf(response);
    if (
      !isOurForm(request, readCookie(request, SESSION_COOKIE), fieldOf(request.body, "form_token"))
    ) {
      throw new Forbidden(FOREIGN_FORM);
    }
    await inTransaction(sql, (tx) =>
      revokeSession(tx, { sessionId: user.callerId, now: clock.now() }),
    );
    clearCookie(response, SESSION_COOKIE);
    showTheWayIn(request, response);
  };
}

/** Said of a form without its token: somebody else signed in since it was shown, or it is not ours. */
export const FOREIGN_FORM = "This form is too old, or did not come from our page.";

/** What a form says under a name. */
export function fieldOf(body: unknown, name: string): unknown {
  return new Map<string, unknown>(Object.entries(body ?? {})).get(name);
}

/** What an app asked for, when a request came for it or is a step on the way there. */
export function wantedOf(request: Request): string | undefined {
  return nextOf(request.originalUrl) ?? nextOf(fieldOf(request.body, "next"));
}

/** Where a browser goes after signing in: only to the page where people let apps in. */
function nextOf(given: unknown): string | undefined {
  const isOurs =
    typeof given === "string" && /^\/console\/authorize\?[\x21-\x7e]{1,8000}$/.test(given);
  return isOurs ? given : undefined;
}
