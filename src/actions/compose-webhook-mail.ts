import type { DisabledReason, WebhookMailRow } from "../db/webhook-endpoints.ts";
import { layOut, oneLine, type ComposedMail } from "./compose-mail.ts";

/** Why an endpoint was disabled, to go on after a "because". */
export const disabledBecause: Readonly<Record<DisabledReason, string>> = {
  by_hand: "somebody disabled it",
  gone: "it answered 410 Gone, which asks for no further messages",
  failing: "nothing we sent to it has succeeded for five days",
  refused: "its address leads to a place that webhooks may not reach",
};

/** The mail that tells who runs a company of a webhook we disabled. Of its address only the host: the rest may be secret. */
export function composeWebhookMail({
  companyName,
  state,
}: {
  companyName: string;
  state: Pick<WebhookMailRow, "url" | "endpointId" | "disabledReason">;
}): ComposedMail {
  const { host } = new URL(state.url);
  return layOut({
    subject: `The webhook of ${oneLine(companyName)} to ${host} was disabled`,
    body: `Hello,

the webhook of ${oneLine(companyName)} to ${host} was disabled, because ${disabledBecause[state.disabledReason ?? "by_hand"]}. It is told of nothing until somebody enables it again.

Mend the receiver first. Once the webhook is enabled again, what was still to be sent is sent, and what happened meanwhile can be replayed.`,
    table: [
      ["Webhook", String(state.endpointId)],
      ["Host", host],
    ],
  });
}
