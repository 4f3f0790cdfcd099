import { createRequire } from "node:module";
import path from "node:path";
import express, { Router } from "express";

/**
 * The reference page: Swagger UI from our own node_modules, so that it works without the internet
 * and under a content security policy that allows no script of others and no inline script.
 */
export function createDocs(): Router {
  const files = path.dirname(
    createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"),
  );
  const router = Router();
  router.get("/", (request, response) => {
    if (!request.originalUrl.split("?")[0]?.endsWith("/")) {
      // The page names its files relative to itself.
      response.redirect(308, `${request.baseUrl}/`);
      return;
    }
    response.type("html").send(page);
  });
  router.get("/start.js", (_request, response) => {
    response.type("application/javascript").send(script);
  });
  router.use(express.static(files, { index: false, redirect: false, maxAge: "1d" }));
  return router;
}

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Nightledger API</title>
    <link rel="stylesheet" href="swagger-ui.css" />
    <link rel="icon" href="favicon-32x32.png" />
  </head>
  <body>
    <div id="reference"></div>
    <script src="swagger-ui-bundle.js"></script>
    <script src="start.js"></script>
  </body>
</html>
`;

const script = `window.ui = SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;
