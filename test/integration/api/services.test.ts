import { expect, test } from "vitest";
import { startApi } from "./start-api.ts";

test("a service is made, listed by what it is, switched off and deleted", async () => {
  const { ask, signUp } = await startApi();
  const { token } = await signUp();
  const made = await ask("POST", "/api/services", {
    token,
    body: {
      name: "Development",
      default_rate: 14_003,
      unit: "hour",
      tax_name_1: "GST",
      tax_rate_1: 997.5,
    },
  });
  expect(made.status).toBe(201);
  const id = Number(made.body.data.id);
  expect(made.body.data).toEqual({
    id,
    type: "service",
    name: "Development",
    description: null,
    default_rate: 14_003,
    unit: "hour",
    tax_name_1: "GST",
    tax_rate_1: 997.5,
    tax_name_2: null,
    tax_rate_2: null,
    is_active: true,
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
  });
  await ask("POST", "/api/services", { token, body: { name: "Box", type: "product" } });
  const products = await ask("GET", "/api/services?filter[type]=product&sort=-default_rate", {
    token,
  });
  expect(products.body.data.map((service: { name: string }) => service.name)).toEqual(["Box"]);

  const off = await ask("POST", "/api/services/bulk-action", {
    token,
    body: { ids: [id], action: "deactivate" },
  });
  expect(off.body.data.affected).toBe(1);
  const active = await ask("GET", "/api/services?is_active=1", { token });
  expect(active.body.data).toHaveLength(1);
  expect(active.body.meta).toMatchObject({ total: 1, active_count: 1, inactive_count: 1 });

  const changed = await ask("PUT", `/api/services/${id}`, {
    token,
    body: { name: "Dev", tax_rate_1: null },
  });
  expect(changed.body.data).toMatchObject({ name: "Dev", tax_rate_1: null, tax_name_1: "GST" });
  expect((await ask("DELETE", `/api/services/${id}`, { token })).status).toBe(204);
  expect((await ask("GET", `/api/services/${id}`, { token })).status).toBe(404);
});

test("each limit of the contract is kept", async () => {
  const { ask, signUp } = await startApi();
  const { token } = await signUp();
  const wrong: Record<string, unknown> = {
    name: "x".repeat(256),
    description: "x".repeat(2001),
    default_rate: 1.5,
    type: "gift",
    unit: "x".repeat(21),
    tax_name_1: "x".repeat(51),
    tax_rate_1: -1,
    tax_name_2: 7,
    tax_rate_2: "10%",
    is_active: null,
  };
  const reply = await ask("POST", "/api/services", { token, body: wrong });
  expect(reply.status).toBe(422);
  expect(Object.keys(reply.body.errors).toSorted()).toEqual(Object.keys(wrong).toSorted());
});
