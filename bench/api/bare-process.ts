import express from "express";
import postgres from "postgres";
import { createBare, getBare, listBare } from "./bare-statements.ts";

// As little as Express can be: no checks, nobody asked who they are, one statement for each request.
const { DATABASE_URL = "", DATABASE_CONNECTIONS = "", COMPANY_ID = "", PORT = "" } = process.env;
const companyId = Number(COMPANY_ID);
const sql = postgres(DATABASE_URL, { max: Number(DATABASE_CONNECTIONS) });

const app = express();
app.disable("etag");
app.disable("x-powered-by");
app.use(express.json());
// oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 takes what an async handler throws
app.post("/invoices", async (request, response) => {
  const { client_id: clientId, line_items: lines } = request.body;
  response.status(201).json({ data: await createBare(sql, companyId, { clientId, lines }) });
});
// oxlint-disable-next-line oxc/no-async-endpoint-handlers -- as above
app.get("/invoices/:id", async (request, response) => {
  response.json({ data: await getBare(sql, companyId, Number(request.params.id)) });
});
// oxlint-disable-next-line oxc/no-async-endpoint-handlers -- as above
app.get("/invoices", async (_request, response) => {
  response.json({ data: await listBare(sql, companyId) });
});
app.listen(Number(PORT), "127.0.0.1", () => console.log("listening"));
