import { expect, test } from "vitest";
import { startWork } from "./start-work.ts";

test("a client's projects are made, read, changed and deleted under the client", async () => {
  const { expectCall, expectInvalid, call, clientId } = await startWork();
  const path = `/clients/${clientId}/projects`;
  const made = await call("POST", path, { name: "Website", hourly_rate: 9_000, tags: ["web"] });
  expect(made.status).toBe(201);
  const { id } = made.body.data;
  expect(made.headers.get("location")).toBe(`/api/v1${path}/${id}`);
  expect(made.body.data).toMatchObject({ client_id: clientId, hourly_rate: 9_000, tags: ["web"] });
  await expectInvalid("name", "POST", path, {});
  await expectInvalid("client_id", "POST", path, { name: "x", client_id: clientId });
  expect(await expectCall(200, "GET", `${path}/${id}`)).toMatchObject({
    id,
    tags: ["web"],
    client: { id: clientId },
    members: [],
  });
  expect(await expectCall(200, "GET", path)).toMatchObject([{ id, tags: ["web"] }]);
  const changed = await expectCall(200, "PUT", `${path}/${id}`, { name: "Shop" });
  expect(changed).toMatchObject({ name: "Shop", hourly_rate: 9_000, tags: ["web"] });

  const other = await expectCall(201, "POST", "/clients", { name: "Other" });
  for (const wrong of [`/clients/${other.id}/projects/${id}`, `/clients/4711/projects/${id}`]) {
    await expectCall(404, "GET", wrong);
    await expectCall(404, "PATCH", wrong, { name: "Mine" });
    await expectCall(404, "DELETE", wrong);
  }
  await expectCall(404, "POST", "/clients/4711/projects", { name: "x" });

  const stale = { headers: { "if-match": '"2020-01-01T00:00:00.000000Z"' } };
  expect((await call("DELETE", `${path}/${id}`, undefined, stale)).status).toBe(412);
  await expectCall(204, "DELETE", `${path}/${id}`);
  await expectCall(404, "GET", `${path}/${id}`);

  const late = await expectCall(201, "POST", path, { name: "Late" });
  await expectCall(204, "DELETE", `/clients/${clientId}`);
  await expectCall(404, "GET", `${path}/${late.id}`);
});
