import { createHmac } from "node:crypto";
import type { World } from "../provider.ts";
import type { Thing } from "./books.ts";

/** What signs our webhooks at first, the platform's and those of connected accounts alike. */
export const WEBHOOK_SECRET = "whsec_sandbox";
/** An endpoint that does not answer in time has not got it, in milliseconds. */
const ANSWER_MS = 10_000;

interface StripeEvent extends Thing {
  type: string;
  created: number;
  livemode: boolean;
  pending_webhooks: number;
}

/** How events are sent on demand. */
export interface Sending {
  /** Where to; default: the endpoints that were registered. */
  url?: string;
  /** Default: as they happened. */
  order?: "reversed";
  /** How often each is sent; default once. */
  times?: number;
  /** Those of these types only. */
  types?: readonly string[];
  /** Also those that were delivered. */
  all?: boolean;
  /** Under another name, as Stripe sometimes tells of one thing twice. */
  again?: boolean;
  /** Under another name, and as of the other mode. */
  live?: boolean;
}

export type Events = ReturnType<typeof createEvents>;

/** What happened, and telling of it. */
export function createEvents({ clock, nextId }: Pick<World, "clock"> & { nextId: NextId }) {
  const events: StripeEvent[] = [];
  const endpoints: Thing[] = [];
  // Those before the newest sign too, as they do for a day after a secret was rolled.
  let secrets = [WEBHOOK_SECRET];

  async function post(url: string, event: StripeEvent): Promise<number | null> {
    const body = JSON.stringify(event, null, 2);
    const at = Math.floor(clock.now().getTime() / 1_000);
    const signatures = secrets.map((secret) => `v1=${sign(secret, `${at}.${body}`)}`);
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json; charset=utf-8",
          "stripe-signature": [`t=${at}`, ...signatures, "v0=beta"].join(","),
        },
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      await answer.arrayBuffer();
      if (answer.ok) event.pending_webhooks = 0;
      return answer.status;
    } catch {
      return null;
    }
  }

  return {
    events,
    endpoints,

    /** Something happened to an object of an account, or of the platform's own. */
    tell(account: string, type: string, object: Thing): void {
      events.push({
        id: nextId("evt"),
        object: "event",
        api_version: "2023-08-16",
        ...(account === "" ? {} : { account }),
        created: Math.floor(clock.now().getTime() / 1_000),
        data: { object: structuredClone(object) },
        livemode: false,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type,
      });
    },

    addEndpoint(url: string): Thing {
      const endpoint = {
        id: nextId("we"),
        object: "webhook_endpoint",
        api_version: null,
        created: Math.floor(clock.now().getTime() / 1_000),
        enabled_events: ["*"],
        livemode: false,
        metadata: {},
        status: "enabled",
        url,
      };
      endpoints.push(endpoint);
      return { ...endpoint, secret: secrets[0] };
    },

    /** A new secret signs from here on, beside those there are; returns it. */
    rollSecret(): string {
      const secret = `whsec_sandbox_${secrets.length + 1}`;
      secrets = [secret, ...secrets];
      return secret;
    },

    /** Sends what was not delivered, or what is asked for; returns the answers. */
    async send(how: Sending = {}): Promise<{ id: string; type: string; status: number | null }[]> {
      const urls = how.url === undefined ? endpoints.map(({ url }) => String(url)) : [how.url];
      const chosen = events.filter(
        ({ type, pending_webhooks: pending }) =>
          (how.types?.includes(type) ?? true) && (pending > 0 || how.all === true),
      );
      if (how.order === "reversed") chosen.reverse();
      const answers: { id: string; type: string; status: number | null }[] = [];
      for (let time = 0; time < (how.times ?? 1); time += 1) {
        for (const event of chosen) {
          const isCopy = how.live === true || how.again === true;
          const sent = isCopy
            ? { ...event, id: nextId("evt"), livemode: how.live === true }
            : event;
          for (const url of urls) {
            answers.push({ id: sent.id, type: sent.type, status: await post(url, sent) });
          }
        }
      }
      return answers;
    },
  };
}

export type NextId = (prefix: string) => string;

function sign(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}
