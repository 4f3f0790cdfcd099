import type { Request, RequestHandler, Response } from "express";
import { listCompaniesOfUser } from "../db/companies.ts";
import { Forbidden, InvalidPayload } from "../errors.ts";
import { renderAuthorize, renderDetour } from "./authorize-page.ts";
import { isOurForm, readCookie, SESSION_COOKIE } from "./cookies.ts";
import { renderNotice } from "./layout.ts";
import type { AppRequest, ConsoleServices } from "./services.ts";
import { fieldOf, FOREIGN_FORM, sendToSignIn, visitorOf } from "./sessions.ts";

/** More companies than a list to choose from can hold. */
const COMPANIES_MAX = 500;

// What the query holds is the app's request. It is read again with every step, so nothing is kept between them.

/** Stops here with what nobody can be asked about, before anybody signs in for it. */
export function refuseBadApp(services: ConsoleServices): RequestHandler {
  return async (request, response, next) => {
    if ((await readRequest(services, request, response)) !== undefined) next();
  };
}

/** Our cookie does not come along with a way from another site; it does with one from our own page. */
export function takeDetour({ version }: ConsoleServices): RequestHandler {
  return (request, response, next) => {
    const isSignedIn = readCookie(request, SESSION_COOKIE) !== undefined;
    const from = request.get("sec-fetch-site") ?? "";
    if (isSignedIn || !["cross-site", "same-site"].includes(from)) next();
    else response.send(renderDetour({ url: request.originalUrl, version }));
  };
}

/** GET /console/authorize — asks a person whether an app may come in. */
export function showAuthorize(services: ConsoleServices): RequestHandler {
  const { sql, apps, version } = services;
  return async (request, response) => {
    const asked = await readRequest(services, request, response);
    if (asked === undefined) return;
    const { user, formToken } = visitorOf(response);
    const page = { userId: user.id, limit: COMPANIES_MAX, offset: 0 };
    const companies = await listCompaniesOfUser(sql, page);
    response.send(
      renderAuthorize({
        asked,
        companies: companies.filter(apps.isFor),
        current: user.currentCompanyId,
        visitor: { name: user.name, email: user.email, formToken, next: request.originalUrl },
        version,
      }),
    );
  };
}

/**
 * POST /console/authorize — a person has decided. Answered with a page that goes on by itself: browsers
 * follow a redirect after a form only to where the page lets forms go (CSP form-action), at each hop,
 * and where the app's own address leads is up to the app.
 */
export function decideOnApp(services: ConsoleServices): RequestHandler {
  const { version } = services;
  return async (request, response) => {
    const body: unknown = request.body;
    if (!isOurForm(request, readCookie(request, SESSION_COOKIE), fieldOf(body, "form_token"))) {
      throw new Forbidden(FOREIGN_FORM);
    }
    const asked = await readRequest(services, request, response);
    if (asked === undefined) return;
    if (fieldOf(body, "decision") !== "allow") {
      response.send(renderDetour({ url: asked.deny(), version }));
      return;
    }
    const companyId = Number(fieldOf(body, "company_id"));
    if (!Number.isSafeInteger(companyId) || companyId < 1) {
      throw new InvalidPayload("Choose a company.");
    }
    const { user } = visitorOf(response);
    const requestId = String(response.locals["requestId"] ?? "");
    const who = { userId: user.id, sessionId: user.callerId, companyId, requestId };
    const url = await asked.allow(who);
    if (url === undefined) sendToSignIn(request, response);
    else response.send(renderDetour({ url, version }));
  };
}

/** The app's request; undefined when it was answered here. */
async function readRequest(
  { apps, version }: ConsoleServices,
  request: Request,
  response: Response,
): Promise<AppRequest | undefined> {
  const [, query = ""] = /\?(.*)/.exec(request.originalUrl) ?? [];
  const checked = await apps.read(new URLSearchParams(query));
  if (checked.kind === "good") return checked.request;
  if (checked.kind === "refused") response.send(renderDetour({ url: checked.location, version }));
  else {
    const text = `${checked.problem} Whoever makes it has to mend that; nothing was given to anybody.`;
    response.status(400).send(renderNotice({ title: "This app cannot come in", text, version }));
  }
  return undefined;
}
