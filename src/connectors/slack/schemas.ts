import { z } from "zod";

/** What we read of Slack's answers; they hold more. */
export const OkAnswer = z.looseObject({ ok: z.boolean() });

export const AuthTestAnswer = z.object({ team: z.string(), team_id: z.string() });

export const TokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  /** Seconds; only with token rotation. */
  expires_in: z.number().positive().nullish(),
  scope: z.string().nullish(),
  team: z.object({ id: z.string(), name: z.string().nullish() }).nullish(),
});

const Channel = z
  .object({
    id: z.string(),
    name: z.string(),
    is_private: z.boolean().default(false),
    is_member: z.boolean().default(false),
    is_archived: z.boolean().default(false),
  })
  .transform(({ id, name, ...flags }) => ({
    id,
    name,
    isPrivate: flags.is_private,
    isMember: flags.is_member,
    isArchived: flags.is_archived,
  }));

const NextCursor = z.object({ next_cursor: z.string().nullish() }).nullish();

export const ChannelsAnswer = z.object({
  channels: z.array(Channel),
  response_metadata: NextCursor,
});

export const ChannelAnswer = z.object({ channel: Channel });

export const PostAnswer = z.object({ ts: z.string().min(1) });

export const HistoryAnswer = z.object({
  messages: z.array(
    z.looseObject({
      ts: z.string(),
      metadata: z
        .looseObject({
          event_type: z.string().optional(),
          event_payload: z.looseObject({ key: z.unknown() }).optional(),
        })
        .optional()
        // Somebody else's metadata may be of any form.
        .catch(undefined),
    }),
  ),
  response_metadata: NextCursor,
});
