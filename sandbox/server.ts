import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createSandboxClock, type SandboxClock } from "./clock.ts";
import { controlRoutes } from "./control.ts";
import { createFaults, type Fault, type FaultRule } from "./faults.ts";
import { createOAuthServer, type OAuthServer } from "./oauth.ts";
import type {
  GrantRules,
  SandboxAnswer,
  SandboxProvider,
  SandboxRequest,
  SeedOptions,
} from "./provider.ts";
import { createRandom } from "./random.ts";
import { describeRequest, findRoute } from "./routing.ts";

/** One request and what came of it. */
export interface JournalEntry {
  at: string;
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string;
  /** Null when the connection was dropped before an answer. */
  status: number | null;
  /** Kind of the fault it met. */
  fault: string | null;
  /** Whether the provider did what was asked, told of or not. */
  isDone: boolean;
}

/** An exchange, as a vendor's contract would judge it. */
export interface Exchange {
  request: SandboxRequest;
  answer: SandboxAnswer;
}

export interface ServerOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  clock?: SandboxClock;
  /** The client it knows. */
  client?: { id: string; secret: string };
  seed?: Partial<SeedOptions>;
  /** Where grants are to behave in another way than the provider's usual one. */
  oauth?: Partial<GrantRules>;
  /** What a vendor's contract finds wrong with an exchange: one line each. */
  check?: (exchange: Exchange) => readonly string[];
}

/** A running provider. What is here can also be had over HTTP, below /_sandbox. */
export interface SandboxServer {
  readonly name: string;
  readonly url: string;
  readonly clock: SandboxClock;
  readonly oauth: OAuthServer;
  /** Environment variables that point the product here. */
  readonly settings: Record<string, string>;
  fault: (rule: FaultRule) => void;
  clearFaults: () => void;
  /** Requests that a fault delays go on now. Not over HTTP. */
  endDelays: () => void;
  /** Everything the provider holds. */
  readState: () => unknown;
  /** Requests so far, the control endpoints' own left out. */
  requests: () => readonly JournalEntry[];
  /** What did not fit the vendor's contract. */
  problems: () => readonly string[];
  /** Begins anew: nothing is held, granted or noted, no fault waits. */
  reset: (seed?: Partial<SeedOptions>) => void;
  close: () => Promise<void>;
}

const CLIENT = { id: "sandbox-client", secret: "sandbox-secret" };
const SEED: SeedOptions = { seed: 1, clients: 0, invoices: 0 };
/** Requests kept for looking at. */
const JOURNAL_MAX = 10_000;

/** Starts one provider on 127.0.0.1. */
export async function startProviderServer(
  provider: SandboxProvider,
  options: ServerOptions = {},
): Promise<SandboxServer> {
  const clock = options.clock ?? createSandboxClock();
  const client = options.client ?? CLIENT;
  const rules = { ...provider.oauth, ...options.oauth };
  const oauth = createOAuthServer(provider.name, rules, { clock, client });
  const faults = createFaults();
  const sockets = new Set<Socket>();
  const pauses = new Set<() => void>();
  let journal: JournalEntry[] = [];
  let problems: string[] = [];

  const http = createServer((message, response) => {
    handle(message, response).catch((error: unknown) => {
      // A sandbox that breaks is a fault of ours, and must be seen.
      problems.push(`${message.method} ${message.url}: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else response.writeHead(599).end(String(error));
    });
  });
  http.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const url = await listen(http, options.port ?? 0);
  let current = create();

  const server: SandboxServer = {
    name: provider.name,
    url,
    clock,
    oauth,
    settings: provider.settings(url, client),
    fault: (rule) => faults.add(rule),
    clearFaults: () => faults.clear(),
    endDelays,
    readState: () => current.readState(),
    requests: () => journal,
    problems: () => problems,
    reset: restart,
    async close() {
      endDelays();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        http.close(() => resolve());
      });
    },
  };
  const control = controlRoutes(server, faults);
  return server;

  function endDelays(): void {
    for (const end of pauses) end();
  }

  function create(seed: Partial<SeedOptions> = {}) {
    const how = { ...SEED, ...options.seed, ...seed };
    const random = createRandom(how.seed);
    const made = provider.create({ clock, random, oauth, url });
    if (how.clients > 0 || how.invoices > 0) made.seed?.(how);
    return made;
  }

  function restart(seed?: Partial<SeedOptions>): void {
    oauth.reset();
    faults.clear();
    journal = [];
    problems = [];
    current = create(seed);
  }

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message);
    if (request.path.startsWith("/_sandbox/")) {
      await send(response, await answer(control, request));
      return;
    }
    const fault = faults.take(request);
    const entry = note(request, fault);
    const isBefore = fault !== undefined && !isAfter(fault);
    if (isBefore && (await meet(fault, { message, response, entry }))) return;

    const given = await answer(current.routes, request);
    entry.isDone = true;
    problems.push(...(options.check?.({ request, answer: given }) ?? []));
    if (fault !== undefined && !isBefore && (await meet(fault, { message, response, entry }))) {
      return;
    }
    entry.status = given.status;
    await send(response, given);
  }

  function note(request: SandboxRequest, fault: Fault | undefined): JournalEntry {
    const entry: JournalEntry = {
      at: clock.now().toISOString(),
      method: request.method,
      path: request.path,
      query: Object.fromEntries(request.query),
      headers: { ...request.headers },
      body: request.body,
      status: null,
      fault: fault?.kind ?? null,
      isDone: false,
    };
    journal.push(entry);
    if (journal.length > JOURNAL_MAX) journal.shift();
    return entry;
  }

  /** Lets a fault happen; true when the request has had its end with it. */
  async function meet(
    fault: Fault,
    exchange: { message: IncomingMessage; response: ServerResponse; entry: JournalEntry },
  ): Promise<boolean> {
    if (fault.kind === "delay") {
      await pause(fault.ms);
      return false;
    }
    if (fault.kind === "drop") {
      exchange.message.socket.destroy();
      return true;
    }
    const instead = answerOfFault(fault);
    exchange.entry.status = instead.status;
    await send(exchange.response, instead);
    return true;
  }

  async function pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        pauses.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      pauses.add(end);
    });
  }
}

async function listen(http: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    http.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} is in use. Choose another one, or 0 for any free ones.`)
          : error,
      ),
    );
    http.listen(port, "127.0.0.1", resolve);
  });
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

function isAfter(fault: Fault): boolean {
  return fault.kind === "malformed" || ("after" in fault && fault.after);
}

/** What is answered in place of the provider's own answer. */
function answerOfFault(fault: Exclude<Fault, { kind: "delay" | "drop" }>): SandboxAnswer {
  switch (fault.kind) {
    case "status":
      return { status: fault.status, headers: fault.headers ?? {}, body: fault.body ?? "" };
    case "rate-limit":
      return {
        status: 429,
        headers: fault.retryAfter === null ? {} : { "retry-after": fault.retryAfter },
        body: fault.body ?? "",
      };
    case "malformed":
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: fault.body ?? '{"cut": "sho',
      };
  }
}

async function answer(
  routes: Parameters<typeof findRoute>[0],
  request: SandboxRequest,
): Promise<SandboxAnswer> {
  const found = findRoute(routes, request);
  if (found === undefined) return { status: 404, body: { error: "not_found" } };
  return await found.route.run({ ...request, params: found.params });
}

async function readRequest(message: IncomingMessage): Promise<SandboxRequest> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer); // oxlint-disable-line typescript/no-unsafe-type-assertion -- no encoding is set
  const url = new URL(message.url ?? "/", "http://sandbox");
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)]);
  return describeRequest({
    method: message.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers) as Record<string, string>, // oxlint-disable-line typescript/no-unsafe-type-assertion -- entries of texts
    body: Buffer.concat(parts).toString("utf8"),
  });
}

async function send(
  response: ServerResponse,
  { status, headers = {}, body }: SandboxAnswer,
): Promise<void> {
  const isText = typeof body === "string";
  const text = body === undefined ? "" : isText ? body : JSON.stringify(body);
  const type = isText ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
  response.writeHead(status, { ...(text === "" ? {} : { "content-type": type }), ...headers });
  await new Promise<void>((resolve) => {
    response.end(text, resolve);
    // Whoever asked may be gone.
    response.on("close", resolve);
  });
}
