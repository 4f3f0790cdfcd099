import { expect, test } from "vitest";
import { startWebhooks } from "./start-webhooks.ts";

test("who waits for an export is told when it is written, and what its file is", async () => {
  const { company, sql, subscribe, until } = await startWebhooks();
  await subscribe("/hook", ["export.completed"]);
  await sql`
    insert into time_entries (company_id, user_id, date, duration, created_at, updated_at)
    select ${company.id}, id, '2026-03-01', n, now(), now()
    from users, generate_series(1, 5001) as n
  `;
  const { meta } = await company.call("GET", "/export?resource=time_entries");
  const [message] = await until("/hook", 1);
  const id = meta.export_id;
  const { format, resource, rows, bytes, sha256 } = await company.get(`/exports/${id}`);
  expect(message).toMatchObject({
    type: "export.completed",
    data: { object: "export", id, properties: { format, resource, rows, bytes, sha256 } },
  });
});
