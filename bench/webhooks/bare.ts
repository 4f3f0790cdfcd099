import { Pool } from "undici";
import { createWebhookSecret, signWebhook } from "../../src/connectors/webhook-target/signature.ts";

const BODY = JSON.stringify({
  type: "invoice.paid",
  timestamp: "2026-03-25T09:00:00.000Z",
  data: {
    object: "invoice",
    id: 7,
    company_id: 1,
    event_id: 123,
    causer_id: null,
    properties: { invoice_number: "INV-0007", status: "paid", currency: "USD", total: 10_000 },
  },
});

/** Messages a second of a loop that signs and sends, remembers nothing and tries nothing again. */
export async function measureBareLoop(
  url: string,
  { messages, lanes }: { messages: number; lanes: number },
): Promise<number> {
  const pool = new Pool(url, { connections: lanes });
  const secret = createWebhookSecret();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < messages) {
      next += 1;
      const id = `msg_${next}`;
      const timestamp = Math.floor(Date.now() / 1_000);
      const { statusCode, body } = await pool.request({
        path: "/bare",
        method: "POST",
        body: BODY,
        headers: {
          "content-type": "application/json",
          "webhook-id": id,
          "webhook-timestamp": String(timestamp),
          "webhook-signature": signWebhook([secret], { id, timestamp, body: BODY }),
        },
      });
      await body.dump();
      if (statusCode !== 204) throw new Error(`the receiver answered ${statusCode}`);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  const perSecond = (messages * 1_000) / (performance.now() - startedAt);
  await pool.close();
  return perSecond;
}
