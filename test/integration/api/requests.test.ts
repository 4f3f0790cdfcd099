import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { startApi } from "./start-api.ts";

test("errors have one form, with the request's id, and tell nothing of the inside", async () => {
  const { ask, sql, logLines, signUp } = await startApi();
  const { token } = await signUp();
  const unknown = await ask("GET", "/api/v1/nowhere", { headers: { "x-request-id": "my-id.1" } });
  expect(unknown.status).toBe(404);
  expect(unknown.body).toEqual({
    message: "This address was not found.",
    code: "not_found",
    errors: {},
    request_id: "my-id.1",
  });
  expect(unknown.headers.get("x-request-id")).toBe("my-id.1");
  const forged = await ask("GET", "/nowhere", { headers: { "x-request-id": "a b\tc" } });
  expect(forged.body.request_id).toMatch(/^[0-9a-f-]{36}$/);

  await sql`alter table services rename to hidden`;
  const broken = await ask("GET", "/api/services", { token });
  expect(broken.status).toBe(500);
  expect(broken.body).toEqual({
    message: "Something went wrong on our side. It has been reported.",
    code: "internal_error",
    errors: {},
    request_id: expect.any(String),
  });
  expect(logLines.join("")).toContain('relation \\"services\\" does not exist');
});

test("a body that is malformed, too large or no JSON is refused as such", async () => {
  const { ask, url, signUp } = await startApi();
  const { token } = await signUp();
  const post = (body: string, headers: Record<string, string> = {}) =>
    ask("POST", "/api/clients", { token, body, headers });
  for (const text of ['{"name":', "nonsense", '"text"', "12", '{"name":"a"}}']) {
    const reply = await post(text);
    expect([text, reply.status, reply.body.code]).toEqual([text, 400, "malformed_json"]);
  }
  expect((await post("[]")).status).toBe(422);
  expect((await post("null")).status).toBe(400);
  const large = await post(JSON.stringify({ name: "x".repeat(1_100_000) }));
  expect([large.status, large.body.code]).toEqual([413, "body_too_large"]);
  expect((await post("name=A", { "content-type": "text/plain" })).status).toBe(415);
  expect((await post("{}", { "content-type": "application/json; charset=klingon" })).status).toBe(
    415,
  );
  expect((await post("{}", { "content-encoding": "rot13" })).status).toBe(415);
  expect((await post("not gzip", { "content-encoding": "gzip" })).status).toBe(400);

  // A small body that unpacks to a large one.
  const bomb = await fetch(`${url}/api/clients`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "content-encoding": "gzip",
    },
    body: gzipSync(JSON.stringify({ name: "x".repeat(50_000_000) })),
  });
  expect(bomb.status).toBe(413);
  // No body at all is an empty one.
  expect((await ask("POST", "/api/clients", { token })).body.errors).toEqual({
    name: ["This field is required."],
  });
});

test("hostile JSON is data like any other", async () => {
  const { ask, signUp } = await startApi();
  const { token } = await signUp();
  for (const text of [
    '{"__proto__":{"is_archived":true},"name":"A"}',
    '{"constructor":{"prototype":{"x":1}},"name":"A"}',
    `{"name":"A","notes":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
    '{"name":{"toString":"A"}}',
    '{"name":["A"]}',
    '{"name":"A","payment_terms":1e999}',
    '{"name":"A","payment_terms":9007199254740993}',
    '{"name":"A","payment_terms":"30"}',
    '{"name":"A","payment_terms":-0.5}',
  ]) {
    const reply = await ask("POST", "/api/clients", { token, body: text });
    expect([text.slice(0, 60), reply.status]).toEqual([text.slice(0, 60), 422]);
  }
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, n]));
  const reply = await ask("POST", "/api/clients", { token, body: many });
  expect(reply.status).toBe(422);
  expect(Object.keys(reply.body.errors).length).toBeLessThanOrEqual(100);
  expect(({} as Record<string, unknown>)["is_archived"]).toBeUndefined();

  const quoted = await ask("POST", "/api/clients", {
    token,
    body: {
      name: "Robert'); drop table clients;--",
      notes: "<script>alert(1)</script> ${x} {{y}}",
    },
  });
  expect(quoted.status).toBe(201);
  expect(quoted.body.data.name).toBe("Robert'); drop table clients;--");
});

test("ids that cannot be are addresses that are not there", async () => {
  const { ask, signUp } = await startApi();
  const { token } = await signUp();
  for (const id of ["0", "-1", "1.5", "abc", "1e3", "99999999999999999999", "%00", "1;", "null"]) {
    const reply = await ask("GET", `/api/clients/${id}`, { token });
    expect([id, reply.status]).toEqual([id, 404]);
  }
  expect((await ask("GET", "/api/clients/%E0%A4%A", { token })).status).toBe(400);
  expect((await ask("DELETE", "/api/clients", { token })).status).toBe(404);
  expect((await ask("GET", `/api/clients?${"a=1&".repeat(300)}`, { token })).status).toBe(422);
});

test("browsers of named origins may call, others get no permission", async () => {
  const { ask } = await startApi({ corsOrigins: ["https://app.example.test"] });
  const preflight = await ask("OPTIONS", "/api/v1/clients", {
    headers: { origin: "https://app.example.test", "access-control-request-method": "POST" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("https://app.example.test");
  expect(preflight.headers.get("access-control-allow-headers")).toContain("Idempotency-Key");
  const stranger = await ask("GET", "/api/v1/clients", {
    headers: { origin: "https://evil.example.test" },
  });
  expect(stranger.headers.get("access-control-allow-origin")).toBeNull();
  expect(stranger.headers.get("x-content-type-options")).toBe("nosniff");
  expect(stranger.headers.get("x-powered-by")).toBeNull();
  expect(stranger.headers.get("cache-control")).toBe("private, no-cache");
});

test("a request that does not end its headers is cut off", async () => {
  const { url } = await startApi();
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const answer = await new Promise<string>((resolve, reject) => {
    socket.on("data", (data) => {
      resolve(data.toString());
    });
    socket.on("error", reject);
    socket.write(`GET /api/auth/user HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`);
  });
  socket.destroy();
  expect(answer).toContain("431");
});

test("/docs works without the internet and without inline scripts", async () => {
  const { ask } = await startApi();
  expect((await ask("GET", "/docs")).headers.get("location")).toBe("/docs/");
  const page = await ask("GET", "/docs/");
  expect(page.status).toBe(200);
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain("upgrade-insecure-requests");
  const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
  expect(files).toContain("start.js");
  for (const file of files) {
    expect(file).not.toMatch(/^(https?:)?\/\//);
    expect((await ask("GET", `/docs/${file}`)).status).toBe(200);
  }
  expect(page.text).not.toMatch(/<script>/);
});
