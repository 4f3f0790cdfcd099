import { expect, test } from "vitest";
import { startWork } from "./start-work.ts";

test("tags are made, found, renamed and deleted; a name is one tag's, whatever its case", async () => {
  const { expectCall, expectInvalid, call, colleague } = await startWork();
  const vip = await expectCall(201, "POST", "/tags", { name: " VIP " });
  expect(vip).toEqual({
    id: expect.any(Number),
    name: "VIP",
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
  });
  await expectInvalid("name", "POST", "/tags", { name: "vip" });
  await expectInvalid("name", "POST", "/tags", { name: "" });
  await expectInvalid("color", "POST", "/tags", { name: "x", color: "red" });
  const other = await expectCall(201, "POST", "/tags", { name: "Éire" });
  // The same letters in other code points, as some systems write them, are the same name.
  await expectInvalid("name", "POST", "/tags", { name: "E\u0301ire" });
  // Fifty letters that are a hundred as they are kept.
  await expectInvalid("name", "POST", "/tags", { name: "\u0958".repeat(50) });
  await expectInvalid("name", "PUT", `/tags/${other.id}`, { name: "Vip" });
  const renamed = await expectCall(200, "PUT", `/tags/${other.id}`, { name: "éire" });
  expect(renamed).toMatchObject({ id: other.id, name: "éire" });

  expect(await expectCall(200, "GET", `/tags/${vip.id}`)).toEqual(vip);
  const list = await call("GET", "/tags?sort=-name");
  expect(list.body).toMatchObject({
    data: [{ name: "éire" }, { name: "VIP" }],
    meta: { total: 2 },
  });
  expect(await expectCall(200, "GET", "/tags?search=vi")).toEqual([vip]);

  const stale = await call("DELETE", `/tags/${vip.id}`, undefined, {
    headers: { "if-match": '"other"' },
  });
  expect(stale.status).toBe(412);
  await expectCall(204, "DELETE", `/tags/${vip.id}`);
  await expectCall(404, "GET", `/tags/${vip.id}`);
  await expectCall(404, "PUT", `/tags/${vip.id}`, { name: "VIP" });
  await expectCall(201, "POST", "/tags", { name: "VIP" });
  const log = await expectCall(200, "GET", `/activity-log?subject_type=tag&subject_id=${vip.id}`);
  expect(log.map((entry: { event: string }) => entry.event)).toEqual(["deleted", "created"]);

  const viewer = await colleague("viewer");
  expect((await call("GET", "/tags", undefined, { token: viewer.token })).status).toBe(200);
  expect((await call("POST", "/tags", { name: "z" }, { token: viewer.token })).status).toBe(403);
});

test("clients and projects take tags by name or id, and new names become tags", async () => {
  const { expectCall, expectInvalid, project, sql, companyId } = await startWork();
  const kept = await expectCall(201, "POST", "/tags", { name: "Kept" });
  const client = await expectCall(201, "POST", "/clients", {
    name: "Oak",
    tags: ["kept", "New", "new", kept.id],
  });
  expect(client.tags).toEqual(["Kept", "New"]);
  const made = await project({ client_id: client.id, tags: ["New"] });
  expect(made.tags).toEqual(["New"]);

  const clientPath = `/clients/${client.id}`;
  expect(await expectCall(200, "GET", clientPath)).toMatchObject({ tags: ["Kept", "New"] });
  // What says nothing of tags leaves them.
  expect(await expectCall(200, "PATCH", clientPath, { city: "Kiel" })).toMatchObject({
    tags: ["Kept", "New"],
  });
  expect(await expectCall(200, "PUT", clientPath, { tags: [] })).toMatchObject({ tags: [] });
  const projectPath = `/projects/${made.id}`;
  expect(await expectCall(200, "PATCH", projectPath, { tags: [kept.id] })).toMatchObject({
    tags: ["Kept"],
  });
  await expectInvalid("tags.1", "PATCH", projectPath, { tags: ["Kept", 4711] });
  await expectInvalid("tags.0", "PATCH", projectPath, { tags: [""] });
  await expectInvalid("tags", "PATCH", projectPath, { tags: Array.from({ length: 51 }, String) });

  await expectCall(200, "PUT", `/tags/${kept.id}`, { name: "Renamed" });
  const tagsIn = async (path: string) =>
    (await expectCall(200, "GET", path)).map((row: { tags: string[] }) => row.tags);
  expect(await tagsIn("/projects")).toEqual([["Renamed"]]);
  expect(await tagsIn(`${clientPath}/projects`)).toEqual([["Renamed"]]);
  expect(await tagsIn("/clients?search=oak")).toEqual([[]]);
  await expectCall(204, "DELETE", `/tags/${kept.id}`);
  expect(await expectCall(200, "GET", projectPath)).toMatchObject({ tags: [] });
  const made_tags = await sql`
    select payload->>'name' as name from events
    where company_id = ${companyId} and type = 'tag.created' order by id
  `;
  expect(made_tags.map((row) => row["name"])).toEqual(["Kept", "New"]);
});

test("a token sees and sets tags with tags:read, and makes new ones with tags:write", async () => {
  const { expectCall, call, tokenWith } = await startWork();
  await expectCall(201, "POST", "/tags", { name: "known" });
  const { id } = await expectCall(201, "POST", "/clients", { name: "Oak", tags: ["known"] });
  const clients = ["clients:read", "clients:write"];
  const blind = { token: await tokenWith(clients) };
  const reader = { token: await tokenWith([...clients, "tags:read"]) };
  const writer = { token: await tokenWith([...clients, "tags:read", "tags:write"]) };
  const put = async (tags: string[], ask: { token: string }) =>
    await call("PUT", `/clients/${id}`, { tags }, ask);

  const unseen = await call("GET", `/clients/${id}`, undefined, blind);
  expect(Object.keys(unseen.body.data)).not.toContain("tags");
  expect((await call("GET", "/clients", undefined, blind)).body.data[0]).not.toHaveProperty("tags");
  expect((await put([], blind)).body).toMatchObject({ code: "missing_scope", scope: "tags:read" });
  expect((await put(["KNOWN"], reader)).body.data.tags).toEqual(["known"]);
  expect((await put(["unknown"], reader)).body).toMatchObject({ scope: "tags:write" });
  expect((await put(["unknown"], writer)).body.data.tags).toEqual(["unknown"]);
});
