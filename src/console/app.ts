import { Router, urlencoded, type ErrorRequestHandler, type Request, type Response } from "express";
import { Failure } from "../errors.ts";
import { decideOnApp, refuseBadApp, showAuthorize, takeDetour } from "./authorize.ts";
import { BOARD_PATH, createBoard } from "./board.ts";
import { boardHeaders, pageHeaders } from "./headers.ts";
import { showHome } from "./home.ts";
import { renderNotice } from "./layout.ts";
import type { ConsoleServices } from "./services.ts";
import {
  requireOperator,
  requireSession,
  showSignIn,
  signIn,
  signOut,
  wantedOf,
} from "./sessions.ts";
import { icon, styleSheet } from "./styles.ts";

/** The operator's pages, to be mounted at /console. Everything but the way in asks for a session. */
export function createConsole(services: ConsoleServices): Router {
  const router = Router();
  // Room for what an app asked for, of 8,000 characters at most, each of them written as three.
  const readForm = urlencoded({ extended: false, limit: "32kb" });
  const board = createBoard(services.queues);

  router.get("/style.css", (_request, response) => {
    response.type("css").set("Cache-Control", "public, max-age=300").send(styleSheet);
  });
  router.get("/icon.svg", (_request, response) => {
    response.type("svg").set("Cache-Control", "public, max-age=86400").send(icon);
  });
  router.use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  router.use(
    "/queues",
    boardHeaders,
    requireSession(services),
    requireOperator(services),
    toFolder,
    board,
  );

  router.use(pageHeaders);
  router.get("/sign-in", showSignIn(services));
  router.post("/sign-in", readForm, signIn(services));
  router.post("/sign-out", readForm, requireSession(services), signOut(services));
  router.get(
    "/authorize",
    refuseBadApp(services),
    takeDetour(services),
    requireSession(services),
    showAuthorize(services),
  );
  router.post("/authorize", readForm, requireSession(services), decideOnApp(services));
  router.get("/", requireSession(services), showHome(services));
  router.use((_request, response) => {
    const text = "There is no such page.";
    response
      .status(404)
      .send(renderNotice({ title: "Not found", text, version: services.version }));
  });
  router.use(createFailurePage(services));
  return router;
}

/** The board's addresses are relative to its own. */
function toFolder(request: Request, response: Response, next: () => void): void {
  const [path = "", query] = request.originalUrl.split("?");
  if (path === BOARD_PATH) {
    response.redirect(302, `${BOARD_PATH}/${query === undefined ? "" : `?${query}`}`);
    return;
  }
  next();
}

function createFailurePage({ log, version }: ConsoleServices): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = error instanceof Failure ? error.status : statusOf(error);
    if (status >= 500) log.error({ err: error, path: request.path }, "a console page failed");
    const text =
      status < 500 && error instanceof Error
        ? error.message
        : "This went wrong on our side. The log has the details.";
    const wanted = wantedOf(request);
    response
      .status(status)
      .send(renderNotice({ title: "That did not work", text, version, wanted }));
  };
}

/** What Express's own parsers say of a form that cannot be read. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  return typeof status === "number" && status >= 400 && status < 500 ? status : 500;
}
