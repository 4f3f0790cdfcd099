import { recordEvent, type NewEvent } from "../../../src/db/events.ts";
import { wakeWebhooks } from "../../../src/jobs/webhooks/wake.ts";
import { enqueue } from "../../../src/queue/enqueue.ts";
import { openCompany, type TestCompany } from "../../support/company.ts";
import { eventually } from "../../support/eventually.ts";
import { startPlatform, type TestPlatform } from "../../support/platform.ts";
import { openTestProviders } from "../../support/providers.ts";
import { setup, type TestSetup } from "../../support/setup.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../../support/webhook-receiver.ts";

const HOUR_MS = 3_600_000;
/** For a machine that has other things to do. */
const PATIENCE = { withinMs: 20_000 };

export interface Webhooks extends TestPlatform {
  base: TestSetup;
  company: TestCompany;
  receiver: WebhookReceiver;
  /** Moves the platform's clock on, and has it look for what is due. */
  pass: (hours: number) => Promise<void>;
  /** An endpoint at a path of the receiver. */
  subscribe: (
    path: string,
    eventTypes?: readonly string[],
  ) => Promise<{ id: number; secret: string }>;
  /** Something happens to a record, named by its number. */
  happen: (type: string, invoiceId?: number, facts?: Partial<NewEvent>) => Promise<number>;
  /** Waits until so many messages came to a path, and returns what they say. */
  until: (path: string, count: number) => Promise<unknown[]>;
  /** Waits until every event was followed, and no run has its turn at any endpoint. */
  untilIdle: () => Promise<void>;
  /** Waits until a delivery of this type has the status. */
  settles: (webhookId: number, status: string, count?: number) => Promise<DeliveryJson[]>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- the answer's shape is what tests are about
export type DeliveryJson = any;

/** The whole product, a company with a receiver of its own, and a clock that can be moved on. */
export async function startWebhooks(): Promise<Webhooks> {
  const base = await setup();
  // It moves by `pass` only, so that what is due again in seconds is so on no machine before. Ahead of the
  // database's, by which a message is due at first.
  const { clock } = base;
  clock.set(new Date(Date.now() + HOUR_MS));
  const providers = openTestProviders();
  base.defer(() => providers.closeProviders());
  const platform = await startPlatform(base, { clock, providers });
  const company = await openCompany(platform);
  const receiver = await startWebhookReceiver(base);
  return {
    ...platform,
    base,
    company,
    receiver,
    async untilIdle() {
      await eventually(async () => {
        const rows = await base.sql`
          select from event_outbox
          union all
          select from webhook_endpoints where claimed_by is not null
        `;
        return rows.length === 0;
      }, PATIENCE);
    },
    async pass(hours) {
      clock.advanceMs(hours * HOUR_MS);
      await base.sql.begin((tx) => enqueue(tx, wakeWebhooks, {}));
    },
    subscribe: async (path, eventTypes = ["*"]) =>
      await company.post("/webhooks", { url: `${receiver.url}${path}`, event_types: eventTypes }),
    happen: async (type, invoiceId = 1, facts = {}) =>
      await base.sql.begin((tx) =>
        recordEvent(tx, {
          companyId: company.id,
          type,
          subjectType: "invoice",
          subjectId: invoiceId,
          occurredAt: clock.now(),
          payload: { invoice_number: `INV-${invoiceId}` },
          ...facts,
        }),
      ),
    until: async (path, count) =>
      await eventually(() => {
        const messages = receiver.at(path);
        return messages.length >= count && messages.map(({ json }) => json);
      }, PATIENCE),
    settles: async (webhookId, status, count = 1) =>
      await eventually(async () => {
        const { data } = await company.list(
          `/webhooks/${webhookId}/deliveries?filter[status]=${status}`,
        );
        return data.length >= count && data;
      }, PATIENCE),
  };
}
