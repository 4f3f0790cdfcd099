import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import {
  createWebhookSecret,
  signWebhook,
} from "../../../src/connectors/webhook-target/signature.ts";

// The constants of the tests of the specification's own libraries.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const second = "whsec_cm90YXRlZC1rZXktMDEyMzQ1Njc4OWFiY2RlZjAxMjM=";
const content = {
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
};
const signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

test("a message is signed as the specification's vectors are, with one secret and with two", () => {
  expect(signWebhook([secret], content)).toBe(signature);
  expect(signWebhook([secret, second], content)).toBe(
    `${signature} v1,Tu4Izjc6/BAgPlHnZlhntTkuch9YQkgIwPz/xr6/YPI=`,
  );
  expect(signWebhook([secret], { ...content, body: '{"test":2432232314}' })).not.toBe(signature);
});

test("a new secret is 32 bytes in base64 after whsec_, another one each time, and the official library takes it", () => {
  const made = createWebhookSecret();
  expect(made).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(createWebhookSecret()).not.toBe(made);
  const timestamp = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({ type: "invoice.paid", data: { name: "Ünal – ☂" } });
  const headers = {
    "webhook-id": content.id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signWebhook([made], { id: content.id, timestamp, body }),
  };
  expect(new Webhook(made).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(made).verify(`${body} `, headers)).toThrow("No matching signature");
});
