import type { World } from "../provider.ts";

export interface SlackMessage {
  ts: string;
  text: string;
  /** As they came. */
  blocks: unknown;
  metadata: unknown;
}

export interface SandboxChannel {
  id: string;
  name: string;
  isPrivate: boolean;
  isArchived: boolean;
  /** Whether the app is in it. */
  isMember: boolean;
  messages: SlackMessage[];
  /** When its allowance is whole again: one message a second, a few at once after a pause. */
  fullAt: number;
}

const STEP_MS = 1_000;
const BURST = 3;

/** A workspace: two public channels, an archived one, a private one the app was invited to, and one not. */
export function createChannels({ clock }: Pick<World, "clock">) {
  let count = 0;
  const channels = [
    channel("C0GENERAL01", "general"),
    channel("C0BILLING01", "billing"),
    channel("C0OLDNEWS01", "old-news", { isArchived: true }),
    channel("G0OWNERS001", "owners", { isPrivate: true, isMember: true }),
    channel("G0SECRET001", "secret", { isPrivate: true }),
  ];
  return {
    channels,
    /** What the app can know of: a private channel only from within. */
    find: (id: string | null) =>
      channels.find((each) => each.id === id && (!each.isPrivate || each.isMember)),
    /** Seconds to stay away, or undefined when a message may come now; it is counted then. */
    takeTurn: (at: SandboxChannel): number | undefined => {
      const now = clock.now().getTime();
      if (at.fullAt - STEP_MS * (BURST - 1) > now) return 1;
      at.fullAt = Math.max(at.fullAt, now) + STEP_MS;
      return undefined;
    },
    post: (at: SandboxChannel, message: Omit<SlackMessage, "ts">): SlackMessage => {
      count += 1;
      const seconds = Math.floor(clock.now().getTime() / 1_000);
      const posted = { ...message, ts: `${seconds}.${String(count).padStart(6, "0")}` };
      at.messages.push(posted);
      return posted;
    },
  };
}

function channel(id: string, name: string, flags: Partial<SandboxChannel> = {}): SandboxChannel {
  return {
    id,
    name,
    isPrivate: false,
    isArchived: false,
    isMember: false,
    messages: [],
    fullAt: 0,
    ...flags,
  };
}

/** As Slack shows a channel. */
export function presentChannel(at: SandboxChannel) {
  const note = { value: "", creator: "", last_set: 0 };
  return {
    id: at.id,
    name: at.name,
    name_normalized: at.name,
    is_channel: !at.isPrivate,
    is_group: at.isPrivate,
    is_im: false,
    is_mpim: false,
    is_private: at.isPrivate,
    is_archived: at.isArchived,
    is_general: at.name === "general",
    is_member: at.isMember,
    is_shared: false,
    is_org_shared: false,
    is_ext_shared: false,
    created: 1_700_000_000,
    creator: "U0OWNER001",
    topic: note,
    purpose: note,
    previous_names: [],
    pending_shared: [],
    unlinked: 0,
  };
}
