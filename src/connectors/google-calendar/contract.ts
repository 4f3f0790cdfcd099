import type { PlannedTime } from "../../billing/planned-days.ts";
import type { OAuthProvider } from "../../platform/oauth.ts";

/** Who asks, and for how long. */
export interface CalendarCall {
  accessToken: string;
  signal: AbortSignal;
}

/** A calendar of the person who connected. */
export interface CalendarRef {
  id: string;
  name: string;
  /** An IANA zone. */
  timezone: string;
  isPrimary: boolean;
  /** Whether events may be made and changed there. */
  isWritable: boolean;
}

/** What an event says, in our words. */
export interface EventFacts {
  title: string;
  notes: string | null;
  location: string | null;
  time: PlannedTime;
  timezone: string;
}

/** An event as it is over there. */
export interface CalendarEvent {
  id: string;
  /** Names its state. */
  etag: string;
  /** When it was changed last, by Google's clock; undefined where it does not say, as of what was deleted. */
  updatedAt: Date | undefined;
  /** Null when it was deleted: over there it is cancelled, and its id is taken for ever. */
  facts: EventFacts | null;
  /** The series it is an instance of. */
  seriesId: string | null;
  /** What we wrote into it when we wrote it last. */
  stamp: string | null;
  /** Only for the eyes of who has it. */
  isPrivate: boolean;
  /** Regular, and no birthday, focus time or place of work. */
  isRegular: boolean;
}

export interface EventKey {
  calendarId: string;
  id: string;
}

/** From where on events are listed: all within a span, or what has changed since a token was given. */
export type ListFrom = { syncToken: string } | { from: Date; to: Date };

export interface EventPage {
  events: CalendarEvent[];
  /** The next page; null after the last one. */
  pageToken: string | null;
  /** After the last page: what has changed from now on is asked for with it. */
  syncToken: string | null;
}

export interface OpenedChannel {
  resourceId: string;
  expiresAt: Date;
}

/**
 * Google Calendar. All throw `RateLimited`, `ProviderUnavailable`, `ProviderRejected` and
 * `ConnectionRevoked`; what writes throws `WriteUnconfirmed` too. What may be expected is a value.
 */
export interface GoogleCalendar {
  oauth: OAuthProvider;
  /** Whether it is a sandbox, which also tells addresses without TLS of changes. */
  isSandbox: boolean;
  /** The calendars of the person. */
  listCalendars(call: CalendarCall): Promise<CalendarRef[]>;
  /** Makes an event under an id of ours; "taken" when there is one already, deleted or not. */
  insertEvent(
    call: CalendarCall,
    event: EventKey & { facts: EventFacts; stamp: string },
  ): Promise<CalendarEvent | "taken">;
  /**
   * Changes what our facts say and leaves the rest (guests, reminders, colours). One that was deleted is
   * there again with `isRestored`. "stale": it has another etag by now; "gone": it is deleted, or not there.
   */
  changeEvent(
    call: CalendarCall,
    event: EventKey & { etag: string; facts: EventFacts; stamp: string; isRestored?: boolean },
  ): Promise<CalendarEvent | "stale" | "gone">;
  /** What is deleted already is deleted. "stale" as above. */
  deleteEvent(call: CalendarCall, event: EventKey & { etag: string }): Promise<"deleted" | "stale">;
  /** Undefined when there never was one, or its calendar is gone. A deleted one is found. */
  findEvent(call: CalendarCall, event: EventKey): Promise<CalendarEvent | undefined>;
  /** One page of events, series as their instances. "expired": the token is too old, all has to be read. */
  listEvents(
    call: CalendarCall,
    list: { calendarId: string; from: ListFrom; pageToken: string | null },
  ): Promise<EventPage | "expired">;
  /** Has us told of changes: a message to the address each time, with the token, until it ends. */
  openChannel(
    call: CalendarCall,
    channel: { calendarId: string; id: string; token: string; address: string },
  ): Promise<OpenedChannel>;
  /** Ends a channel; one that has ended has ended. */
  closeChannel(call: CalendarCall, channel: { id: string; resourceId: string }): Promise<void>;
  /** Closes idle connections. */
  close(): void;
}
