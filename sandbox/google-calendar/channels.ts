import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { SandboxAnswer, SandboxRequest, World } from "../provider.ts";
import type { Calendar } from "./books.ts";
import { invalid, notFound, refusal } from "./refusals.ts";

const TTL_SECONDS = 604_800;
const DELIVERY_MS_MAX = 5_000;

interface Channel {
  id: string;
  resourceId: string;
  calendar: string;
  address: string;
  token: string | null;
  expiration: number;
  messages: number;
  /** Statuses of what was delivered; null where nobody answered. */
  delivered: (number | null)[];
}

/** Who is told of changes to a calendar, until the channel ends. Nothing is renewed by itself. */
export function createChannels({ clock, url }: Pick<World, "clock" | "url">) {
  const channels: Channel[] = [];

  function watch(calendar: Calendar, { json }: SandboxRequest): SandboxAnswer {
    const given = (json() ?? {}) as Record<string, unknown>; // oxlint-disable-line typescript/no-unsafe-type-assertion -- looked at below
    const { id, type, address, token } = given;
    if (typeof id !== "string" || !/^[\w\-+/=]{1,64}$/.test(id))
      return invalid("Invalid channel id");
    if (type !== "web_hook") return invalid("Unknown channel type");
    if (typeof address !== "string" || !isReachable(address)) {
      return refusal(400, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS");
    }
    if (channels.some((channel) => channel.id === id)) {
      return refusal(400, "channelIdNotUnique", `Channel id ${id} not unique`);
    }
    const now = clock.now().getTime();
    const ttl = Number((given["params"] as { ttl?: unknown } | undefined)?.ttl ?? TTL_SECONDS); // oxlint-disable-line typescript/no-unsafe-type-assertion -- made a number
    const wanted =
      given["expiration"] === undefined ? now + ttl * 1_000 : Number(given["expiration"]);
    const channel: Channel = {
      id,
      resourceId: `resource-${Buffer.from(calendar.id).toString("base64url")}`,
      calendar: calendar.id,
      address,
      token: typeof token === "string" ? token : null,
      expiration: Math.min(wanted, now + TTL_SECONDS * 1_000),
      messages: 0,
      delivered: [],
    };
    channels.push(channel);
    void deliver(channel, "sync");
    return {
      status: 200,
      body: {
        kind: "api#channel",
        id,
        resourceId: channel.resourceId,
        resourceUri: `${url}/calendar/v3/calendars/${encodeURIComponent(calendar.id)}/events?alt=json`,
        ...(channel.token !== null && { token: channel.token }),
        expiration: String(channel.expiration),
      },
    };
  }

  function stop({ json }: SandboxRequest): SandboxAnswer {
    const { id, resourceId } = (json() ?? {}) as Record<string, unknown>; // oxlint-disable-line typescript/no-unsafe-type-assertion -- compared
    const index = channels.findIndex(
      (channel) => channel.id === id && channel.resourceId === resourceId,
    );
    if (index < 0) return notFound();
    channels.splice(index, 1);
    return { status: 204 };
  }

  function tell(calendar: Calendar): void {
    for (const channel of channels) {
      if (channel.calendar === calendar.id) void deliver(channel, "exists");
    }
  }

  async function deliver(channel: Channel, state: "sync" | "exists"): Promise<void> {
    if (channel.expiration <= clock.now().getTime()) return;
    channel.messages += 1;
    const headers = {
      "x-goog-channel-id": channel.id,
      "x-goog-resource-id": channel.resourceId,
      "x-goog-resource-uri": `${url}/calendar/v3/calendars/${encodeURIComponent(channel.calendar)}/events?alt=json`,
      "x-goog-resource-state": state,
      "x-goog-message-number": String(channel.messages),
      "x-goog-channel-expiration": new Date(channel.expiration).toUTCString(),
      ...(channel.token !== null && { "x-goog-channel-token": channel.token }),
      "content-length": "0",
    };
    channel.delivered.push(await post(channel.address, headers));
  }

  return { channels, watch, stop, tell };
}

/** Google takes HTTPS only; a machine that talks to itself may do without. */
function isReachable(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || (protocol === "http:" && hostname === "127.0.0.1");
}

/** The status that was answered. A message that nobody takes is lost. */
async function post(address: string, headers: Record<string, string>): Promise<number | null> {
  const send = address.startsWith("https:") ? requestHttps : requestHttp;
  return await new Promise((resolve) => {
    const sending = send(address, {
      method: "POST",
      agent: false,
      headers,
      signal: AbortSignal.timeout(DELIVERY_MS_MAX),
    });
    sending.on("response", (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? null));
    });
    sending.on("error", () => resolve(null));
    sending.end();
  });
}
