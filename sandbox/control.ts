import type { FaultRule, Faults } from "./faults.ts";
import type { SandboxRoute } from "./provider.ts";
import type { SandboxServer } from "./server.ts";

/**
 * The sandbox itself over HTTP, below /_sandbox:
 *
 * - GET state, requests, problems; DELETE requests
 * - POST faults (a `FaultRule`), GET, DELETE
 * - GET clock; POST clock {"now"} or {"advance_ms"}
 * - POST grants {"do": "revoke" | "expire-access" | "deny-next"}
 * - POST reset, with {"seed", "clients", "invoices"} to fill it anew
 */
export function controlRoutes(server: SandboxServer, faults: Faults): SandboxRoute[] {
  const ok = { status: 200, body: { ok: true } };
  return [
    route("GET", "state", () => ({ status: 200, body: server.readState() ?? null })),
    route("GET", "requests", () => ({ status: 200, body: server.requests() })),
    route("GET", "problems", () => ({ status: 200, body: server.problems() })),
    route("GET", "faults", () => ({ status: 200, body: faults.list() })),
    route("POST", "faults", (request) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test's own words
      const rule = request.json() as FaultRule | undefined;
      if (rule?.fault?.kind === undefined) return { status: 400, body: { error: "no fault" } };
      faults.add(rule);
      return ok;
    }),
    route("DELETE", "faults", () => {
      faults.clear();
      return ok;
    }),
    route("GET", "clock", () => ({ status: 200, body: { now: server.clock.now().toISOString() } })),
    route("POST", "clock", (request) => {
      const { now, advance_ms: advanceMs } = fieldsOf(request.json());
      if (typeof now === "string" && !Number.isNaN(Date.parse(now)))
        server.clock.set(new Date(now));
      else if (typeof advanceMs === "number") server.clock.advanceMs(advanceMs);
      else return { status: 400, body: { error: "give now or advance_ms" } };
      return { status: 200, body: { now: server.clock.now().toISOString() } };
    }),
    route("POST", "grants", (request) => {
      const { do: what } = fieldsOf(request.json());
      if (what === "revoke") server.oauth.revokeAll();
      else if (what === "expire-access") server.oauth.expireAccess();
      else if (what === "deny-next") server.oauth.denyNext();
      else return { status: 400, body: { error: "revoke, expire-access or deny-next" } };
      return ok;
    }),
    route("POST", "reset", (request) => {
      const given = Object.entries(fieldsOf(request.json())).filter(
        ([name, value]) =>
          ["seed", "clients", "invoices"].includes(name) && typeof value === "number",
      );
      server.reset(Object.fromEntries(given));
      return ok;
    }),
  ];
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function route(method: string, name: string, run: SandboxRoute["run"]): SandboxRoute {
  return { method, path: `/_sandbox/${name}`, run };
}
