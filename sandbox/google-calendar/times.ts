/** When an event begins or ends: a day, or an instant. */
export interface EventTime {
  date?: string;
  dateTime?: string;
  timeZone?: string;
}

const DAY_MS = 86_400_000;

/** Milliseconds of a time; a day's are those of its midnight in UTC. Undefined for what is none. */
export function instantOf(time: EventTime, calendarZone: string): number | undefined {
  if (time.date !== undefined) {
    const day = Date.parse(`${time.date}T00:00:00Z`);
    return /^\d{4}-\d\d-\d\d$/.test(time.date) && !Number.isNaN(day) ? day : undefined;
  }
  const text = time.dateTime ?? "";
  if (/(Z|[+-]\d\d:\d\d)$/.test(text)) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? undefined : at;
  }
  const wall = Date.parse(`${text}Z`);
  return Number.isNaN(wall) ? undefined : fromWall(wall, time.timeZone ?? calendarZone);
}

/** As Google answers it: with the offset its zone has then. */
export function shownTime(time: EventTime, calendarZone: string): EventTime {
  const at = instantOf(time, calendarZone);
  if (time.date !== undefined || at === undefined) return time;
  return timeAt(at, time.timeZone ?? calendarZone);
}

/** An instant in a zone. */
export function timeAt(at: number, zone: string): EventTime {
  const offset = offsetAt(at, zone);
  const minutes = Math.abs(offset) / 60_000;
  const [hour = "", minute = ""] = [minutes / 60, minutes % 60].map((part) =>
    String(Math.floor(part)).padStart(2, "0"),
  );
  const suffix = offset === 0 ? "Z" : `${offset < 0 ? "-" : "+"}${hour}:${minute}`;
  const wall = new Date(at + offset).toISOString().slice(0, 19);
  return { dateTime: `${wall}${suffix}`, timeZone: zone };
}

/** "20260310T090000Z", or "20260310" of a day. */
export function stampOf(at: number, isDay: boolean): string {
  const text = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return isDay ? text.slice(0, 8) : text;
}

/**
 * When a series takes place, from its first time on, by one RRULE (FREQ of DAILY, WEEKLY or MONTHLY, with
 * INTERVAL, COUNT and UNTIL) and EXDATEs, on the wall clock of its zone.
 */
export function occurrencesOf(
  start: EventTime,
  recurrence: readonly string[],
  { calendarZone, until, max }: { calendarZone: string; until: number; max: number },
): number[] {
  const first = instantOf(start, calendarZone);
  const rule = recurrence.find((line) => line.startsWith("RRULE:"))?.slice(6);
  if (first === undefined || rule === undefined) return [];
  const parts = Object.fromEntries(rule.split(";").map((part) => part.split("=")));
  const excluded = new Set(
    recurrence
      .filter((line) => line.startsWith("EXDATE"))
      .flatMap((line) => (line.split(":")[1] ?? "").split(",")),
  );
  const isDay = start.date !== undefined;
  const zone = isDay ? "UTC" : (start.timeZone ?? calendarZone);
  const interval = Number(parts["INTERVAL"] ?? 1);
  const count = Number(parts["COUNT"] ?? max);
  const last = parts["UNTIL"] === undefined ? until : Math.min(until, untilOf(parts["UNTIL"]));
  const wall = new Date(first + offsetAt(first, zone));
  const times: number[] = [];
  for (let step = 0; step < Math.min(count, max); step += 1) {
    const at = fromWall(stepped(wall, parts["FREQ"] ?? "DAILY", step * interval), zone);
    if (at > last) break;
    if (!excluded.has(stampOf(at, isDay))) times.push(at);
  }
  return times;
}

function stepped(wall: Date, frequency: string, steps: number): number {
  if (frequency === "DAILY") return wall.getTime() + steps * DAY_MS;
  if (frequency === "WEEKLY") return wall.getTime() + steps * 7 * DAY_MS;
  const moved = new Date(wall);
  moved.setUTCMonth(wall.getUTCMonth() + steps);
  return moved.getTime();
}

function untilOf(text: string): number {
  const [, year, month, day, hour = "23", minute = "59", second = "59"] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** What a wall clock shows, as if it were UTC, as an instant. */
function fromWall(wall: number, zone: string): number {
  const guess = wall - offsetAt(wall, zone);
  return wall - offsetAt(guess, zone);
}

function offsetAt(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const get = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(
    get("year"),
    get("month") - 1,
    get("day"),
    get("hour"),
    get("minute"),
    get("second"),
  );
  return wall - Math.floor(at / 1_000) * 1_000;
}
