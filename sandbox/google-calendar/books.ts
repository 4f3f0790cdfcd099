import type { World } from "../provider.ts";
import { instantOf, occurrencesOf, shownTime, stampOf, timeAt, type EventTime } from "./times.ts";

/** An event as Google keeps it; a deleted one is only cancelled. */
export interface CalendarEvent {
  id: string;
  status: "confirmed" | "tentative" | "cancelled";
  etag: string;
  updated: string;
  created: string;
  start: EventTime;
  end: EventTime;
  recurrence?: string[];
  recurringEventId?: string;
  originalStartTime?: EventTime;
  [field: string]: unknown;
}

export interface Calendar {
  id: string;
  summary: string;
  timeZone: string;
  accessRole: "owner" | "writer" | "reader";
  primary?: boolean;
  /** Masters, single events, and instances that differ from their master. */
  events: Map<string, CalendarEvent>;
  /** What each was changed by last. */
  changes: Map<string, number>;
}

const HORIZON_MS = 730 * 86_400_000;
const INSTANCES_MAX = 730;

/** The calendars of the one person there is. */
export function createBooks({ clock }: Pick<World, "clock">) {
  let sequence = 0;
  const calendars: Calendar[] = [
    ["ada@sandbox.test", "ada@sandbox.test", "owner"],
    ["team@group.calendar.sandbox.test", "Team", "writer"],
    ["holidays@group.calendar.sandbox.test", "Holidays", "reader"],
  ].map(([id = "", summary = "", accessRole], index) => ({
    id,
    summary,
    timeZone: "America/Chicago",
    accessRole: accessRole as Calendar["accessRole"], // oxlint-disable-line typescript/no-unsafe-type-assertion -- see above
    ...(index === 0 && { primary: true }),
    events: new Map(),
    changes: new Map(),
  }));

  /** The instances of a master as they are now, exceptions in their places. */
  function instancesOf(calendar: Calendar, master: CalendarEvent): CalendarEvent[] {
    if (master.recurrence === undefined || master.status === "cancelled") return [];
    const { timeZone: calendarZone } = calendar;
    const isDay = master.start.date !== undefined;
    const zone = master.start.timeZone ?? calendarZone;
    const first = instantOf(master.start, calendarZone) ?? 0;
    const lengthMs = (instantOf(master.end, calendarZone) ?? first) - first;
    const times = occurrencesOf(master.start, master.recurrence, {
      calendarZone,
      until: Math.max(first, clock.now().getTime()) + HORIZON_MS,
      max: INSTANCES_MAX,
    });
    const timeOf = (at: number): EventTime =>
      isDay ? { date: new Date(at).toISOString().slice(0, 10) } : timeAt(at, zone);
    return times.map((at) => {
      const id = `${master.id}_${stampOf(at, isDay)}`;
      const { recurrence: _recurrence, ...rest } = master;
      return (
        calendar.events.get(id) ?? {
          ...rest,
          id,
          start: timeOf(at),
          end: timeOf(at + lengthMs),
          recurringEventId: master.id,
          originalStartTime: timeOf(at),
        }
      );
    });
  }

  function touch(calendar: Calendar, id: string): void {
    sequence += 1;
    calendar.changes.set(id, sequence);
  }

  return {
    calendars,
    instancesOf,
    get sequence() {
      return sequence;
    },

    findCalendar: (id: string): Calendar | undefined =>
      calendars.find((each) => each.id === id || (id === "primary" && each.primary === true)),

    /** By its id; an instance need not be stored. */
    findEvent(calendar: Calendar, id: string): CalendarEvent | undefined {
      const stored = calendar.events.get(id);
      if (stored !== undefined) return stored;
      const master = calendar.events.get(id.replace(/_\d{8}(T\d{6}Z)?$/, ""));
      return master === undefined
        ? undefined
        : instancesOf(calendar, master).find((instance) => instance.id === id);
    },

    /** Keeps an event as it is from now on; instances that are no more are remembered as cancelled. */
    keep(calendar: Calendar, event: Omit<CalendarEvent, "etag" | "updated">): CalendarEvent {
      const before = calendar.events.get(event["id"] as string); // oxlint-disable-line typescript/no-unsafe-type-assertion -- see CalendarEvent
      const instancesBefore = before === undefined ? [] : instancesOf(calendar, before);
      sequence += 1;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the two that were left out are added
      const kept = {
        ...event,
        start: shownTime(event["start"] as EventTime, calendar.timeZone), // oxlint-disable-line typescript/no-unsafe-type-assertion -- see CalendarEvent
        end: shownTime(event["end"] as EventTime, calendar.timeZone), // oxlint-disable-line typescript/no-unsafe-type-assertion -- see CalendarEvent
        etag: `"${sequence}"`,
        updated: clock.now().toISOString(),
      } as CalendarEvent;
      calendar.events.set(kept.id, kept);
      calendar.changes.set(kept.id, sequence);
      const left = new Set(instancesOf(calendar, kept).map(({ id }) => id));
      for (const gone of instancesBefore.filter(({ id }) => !left.has(id))) {
        calendar.events.set(gone.id, { ...gone, status: "cancelled", etag: kept.etag });
        touch(calendar, gone.id);
      }
      // What was cancelled with its series, and is in it again.
      for (const id of left) {
        const stored = calendar.events.get(id);
        if (stored?.status === "cancelled" && before?.status === "cancelled") {
          calendar.events.delete(id);
        }
      }
      return kept;
    },

    /** Whether it, or the series it is of, was changed after a sequence number. */
    isChangedSince({ changes }: Calendar, event: CalendarEvent, since: number): boolean {
      const changed = Math.max(
        changes.get(event.id) ?? 0,
        changes.get(event.recurringEventId ?? "") ?? 0,
      );
      return changed > since;
    },
  };
}

export type Books = ReturnType<typeof createBooks>;
