/** Payloads of the jobs that keep schedule and calendar alike. */
export const calendarSamples: Readonly<Record<string, readonly [unknown, unknown]>> = {
  "calendar.push-entry": [
    { companyId: 7, syncId: 1, entryId: 9, version: 1 },
    { companyId: 7, syncId: 1, entryId: 9, version: 2 },
  ],
  "calendar.sync": [
    { companyId: 7, syncId: 1, asked: 3 },
    { companyId: 7, syncId: 1, asked: 4 },
  ],
  "calendar.sync-due": [{}, {}],
};
