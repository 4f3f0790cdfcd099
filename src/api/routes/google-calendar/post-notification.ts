import { z } from "zod";
import { findChannel } from "../../../db/calendar-channels.ts";
import { askForSync } from "../../../db/calendar-syncs.ts";
import { NotFound } from "../../../errors.ts";
import { syncCalendar } from "../../../jobs/google-calendar/sync.ts";
import { hashToken } from "../../../platform/tokens.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { defineRoute } from "../../define-route.ts";

/** POST /integrations/google-calendar/notifications — Google tells us that something has changed. */
export const postGoogleCalendarNotificationRoute = defineRoute({
  method: "post",
  path: "/integrations/google-calendar/notifications",
  summary: "Receive a message of a channel",
  description:
    "Public, for Google: the channel's id and secret are in the headers X-Goog-Channel-ID and " +
    "X-Goog-Channel-Token, and anything else is a 404. Asks for a sync, unless one waits already.",
  tag: "Google Calendar",
  access: "public",
  // Empty; what counts are the headers.
  raw: { bytesMax: 1_024, contentType: "text/plain" },
  answers: { 204: null },
  failures: [404, 413],

  async run({ tx }, { raw: { header } }) {
    const id = z.uuid().safeParse(header("X-Goog-Channel-ID")).data;
    const token = header("X-Goog-Channel-Token") ?? "";
    const channel =
      id === undefined ? undefined : await findChannel(tx, { id, tokenHash: hashToken(token) });
    if (channel === undefined) throw new NotFound("Channel");
    // The first message only says that the channel is open.
    if (header("X-Goog-Resource-State") === "sync") return { status: 204 };
    const { companyId, syncId } = channel;
    const asked = await askForSync(tx, { companyId, id: syncId }, { unlessWaiting: true });
    if (asked !== undefined) await enqueue(tx, syncCalendar, { companyId, syncId, asked });
    return { status: 204 };
  },
});
