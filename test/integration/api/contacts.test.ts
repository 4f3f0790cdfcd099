import { expect, test } from "vitest";
import { startApi } from "./start-api.ts";

test("a client has at most one primary contact, whoever asks at once", async () => {
  const { ask, signUp } = await startApi();
  const { token } = await signUp();
  const client = await ask("POST", "/api/clients", { token, body: { name: "A" } });
  const path = `/api/clients/${client.body.data.id}/contacts`;
  const replies = await Promise.all(
    ["B", "C", "D"].map((name) =>
      ask("POST", path, { token, body: { name, is_primary: true, phone: "" } }),
    ),
  );
  expect(replies.map((reply) => reply.status)).toEqual([201, 201, 201]);
  const list = await ask("GET", path, { token });
  const primary = list.body.data.map((contact: { is_primary: boolean }) => contact.is_primary);
  expect(primary).toEqual([true, false, false]);
  expect(list.body.meta.total).toBe(3);

  const last = list.body.data[2];
  expect(last).toEqual({
    id: expect.any(Number),
    name: expect.any(String),
    email: null,
    phone: null,
    is_primary: false,
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
  });
  const promoted = await ask("PATCH", `${path}/${last.id}`, { token, body: { is_primary: true } });
  expect(promoted.body.data).toMatchObject({ id: last.id, name: last.name, is_primary: true });
  const after = await ask("GET", path, { token });
  expect(after.body.data[0].id).toBe(last.id);

  expect((await ask("DELETE", `${path}/${last.id}`, { token })).status).toBe(204);
  expect((await ask("GET", `${path}/${last.id}`, { token })).status).toBe(404);
});

test("a contact is only found under its own client", async () => {
  const { ask, signUp } = await startApi();
  const { token } = await signUp();
  const make = async (name: string) =>
    Number((await ask("POST", "/api/clients", { token, body: { name } })).body.data.id);
  const [one, other] = [await make("One"), await make("Other")];
  const contact = await ask("POST", `/api/clients/${one}/contacts`, { token, body: { name: "C" } });
  const wrong = `/api/clients/${other}/contacts/${contact.body.data.id}`;
  expect((await ask("GET", wrong, { token })).status).toBe(404);
  expect((await ask("PUT", wrong, { token, body: { name: "X" } })).status).toBe(404);
  expect((await ask("DELETE", wrong, { token })).status).toBe(404);
  expect((await ask("PUT", wrong, { token, body: {} })).body.errors).toEqual({
    name: ["This field is required."],
  });
  await ask("DELETE", `/api/clients/${one}`, { token });
  expect((await ask("GET", `/api/clients/${one}/contacts`, { token })).status).toBe(404);
});
