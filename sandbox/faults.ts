/** What goes wrong. `after`: the provider has done what was asked, and nobody hears of it. */
export type Fault =
  | {
      kind: "status";
      status: number;
      headers?: Record<string, string>;
      body?: unknown;
      after?: boolean;
    }
  | { kind: "delay"; ms: number; after?: boolean }
  | { kind: "drop"; after?: boolean }
  | { kind: "malformed"; body?: string }
  /** 429; `retryAfter` as the header says it, null for none. */
  | { kind: "rate-limit"; retryAfter: string | null; body?: unknown };

/** A fault, and which requests meet it. */
export interface FaultRule {
  fault: Fault;
  /** Every part narrows it down. Default: every request but those of the control endpoints. */
  match?: {
    method?: string;
    /** How the path begins. */
    path?: string;
    /** A piece of the raw body. */
    body?: string;
  };
  /** How many requests meet it. Default 1. */
  times?: number;
  /** How many that match go by unharmed before. */
  skip?: number;
}

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  list(): readonly FaultRule[];
  /** The fault this request meets; it counts. */
  take(request: { method: string; path: string; body: string }): Fault | undefined;
}

export function createFaults(): Faults {
  let rules: Required<Omit<FaultRule, "match">>[] = [];
  let matches: FaultRule["match"][] = [];
  return {
    add({ fault, match, times = 1, skip = 0 }) {
      rules.push({ fault, times, skip });
      matches.push(match);
    },
    clear() {
      rules = [];
      matches = [];
    },
    list: () =>
      rules.map((rule, index) => ({ ...rule, ...(matches[index] && { match: matches[index] }) })),
    take(request) {
      for (const [index, rule] of rules.entries()) {
        if (rule.times <= 0 || !isMatch(request, matches[index])) continue;
        if (rule.skip > 0) {
          rule.skip -= 1;
          continue;
        }
        rule.times -= 1;
        return rule.fault;
      }
      return undefined;
    },
  };
}

function isMatch(
  request: { method: string; path: string; body: string },
  match: FaultRule["match"] = {},
): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === request.method) &&
    (match.path === undefined || request.path.startsWith(match.path)) &&
    (match.body === undefined || request.body.includes(match.body))
  );
}
