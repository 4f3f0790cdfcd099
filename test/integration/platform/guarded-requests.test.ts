import { createServer, type ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { ProviderRejected, ProviderUnavailable } from "../../../src/errors.ts";
import {
  createAddressGuard,
  type AddressRules,
  type ResolvedAddress,
} from "../../../src/platform/address-guard.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { createHttpClient } from "../../../src/platform/http-client.ts";
import type { HttpTimeouts } from "../../../src/platform/http-exchange.ts";

const local: AddressRules = { allowsHttp: true, allowed: [{ address: "127.0.0.1", prefix: 32 }] };
const never = new AbortController().signal;

/** A server that notes what it was asked for, and a client that asks DNS of the test's own making. */
async function start(answers: ResolvedAddress[][], rules = local) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.headers.host} ${request.url}`);
    // Each request gets a connection of its own, and so a look-up of its own.
    response.setHeader("connection", "close");
    if (request.url === "/moved") response.writeHead(302, { location: "http://127.0.0.1/secret" });
    if (request.url === "/huge") response.write("x".repeat(100_000));
    if (request.url === "/drips") response.write("drip");
    else response.end("done");
  });
  const port = await listen(server);
  onTestFinished(() => server.closeAllConnections());
  const client = open(async () => answers.shift() ?? [], rules);
  return { ...client, seen, port };
}

/** A client whose DNS is the test's own. */
function open(
  resolve: (hostname: string) => Promise<ResolvedAddress[]>,
  rules = local,
  timeouts: Partial<HttpTimeouts> = {},
) {
  const asked: string[] = [];
  const guard = createAddressGuard(rules, async (hostname) => {
    asked.push(hostname);
    return await resolve(hostname);
  });
  const http = createHttpClient({
    name: "A receiver",
    clock: systemClock,
    timeouts: { bodyMs: 50, ...timeouts },
    bytesMax: 1_000,
    cutsAnswers: true,
    guard,
  });
  onTestFinished(() => http.close());
  const send = (url: string, signal = never) =>
    http.send({ method: "POST", url, body: "hello", signal });
  const failure = async (url: string, signal = never): Promise<unknown> =>
    await send(url, signal).catch((error) => error);
  return { asked, send, failure };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  return (server.address() as AddressInfo).port;
}

const good: ResolvedAddress = { address: "127.0.0.1", family: 4 };
const bad: ResolvedAddress = { address: "172.16.0.1", family: 4 };

test("a name is asked for once per connection, and the address that was checked is connected to", async () => {
  const { send, failure, seen, asked, port } = await start([[good], [bad], [good]]);
  const url = `http://flips.example:${port}/hook`;
  expect((await send(url)).status).toBe(200);
  expect(asked).toEqual(["flips.example"]);
  // The name was good when its owner gave it, and leads inside now.
  expect(await failure(url)).toMatchObject({
    constructor: ProviderRejected,
    code: "address_refused",
  });
  expect((await send(url)).status).toBe(200);
  expect(asked).toHaveLength(3);
  expect(seen).toEqual(Array(2).fill(`flips.example:${port} /hook`));
});

test.each([
  ["one of several answers is inside", [good, bad]],
  ["an answer in IPv6 hides one of IPv4", [{ address: "::ffff:172.16.0.1", family: 6 } as const]],
  ["an answer is the cloud's", [{ address: "169.254.169.254", family: 4 } as const]],
  ["an answer has a zone", [{ address: "fe80::1%eth0", family: 6 } as const]],
])("a name is refused when %s", async (_what, answer) => {
  const { failure, seen, port } = await start([answer]);
  const error = await failure(`http://mixed.example:${port}/hook`);
  expect(error).toMatchObject({ constructor: ProviderRejected, code: "address_refused" });
  expect(seen).toEqual([]);
});

test("literal addresses are judged without any name being asked for", async () => {
  const { failure, asked, seen, port } = await start([], { allowsHttp: true, allowed: [] });
  for (const host of ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "127.0.0.1."]) {
    expect(await failure(`http://${host}:${port}/`)).toMatchObject({ code: "address_refused" });
  }
  expect(await failure(`http://x@127.0.0.1:${port}/`)).toMatchObject({ code: "address_refused" });
  expect([...asked, ...seen]).toEqual([]);
});

test("a name without an address is a matter for later, not a refusal", async () => {
  const { failure, port } = await start([]);
  expect(await failure(`http://gone.example:${port}/`)).toBeInstanceOf(ProviderUnavailable);
});

test("redirects are answers, not ways; long and slow answers are taken as far as they came", async () => {
  const { send, seen, port } = await start([[good], [good], [good]]);
  expect((await send(`http://a.example:${port}/moved`)).status).toBe(302);
  const huge = await send(`http://a.example:${port}/huge`);
  expect([huge.status, huge.text.length]).toEqual([200, 1_000]);
  const drips = await send(`http://a.example:${port}/drips`);
  expect([drips.status, drips.text]).toEqual([200, "drip"]);
  expect(seen.map((line) => line.split(" ")[1])).toEqual(["/moved", "/huge", "/drips"]);
});

test("over TLS the name stays the one that was asked for", async () => {
  const { failure } = await start([[good]]);
  const names: string[] = [];
  const server = createTlsServer({
    SNICallback: (name, callback) => {
      names.push(name);
      callback(null);
    },
  });
  const port = await listen(server);
  expect(await failure(`https://kept.example:${port}/`)).toBeInstanceOf(ProviderUnavailable);
  expect(names).toEqual(["kept.example"]);
});

/** A server that keeps connections and says on which one it was asked, and a client that finds it under any name. */
async function startKeeping(timeouts: Partial<HttpTimeouts> = {}) {
  const held = new Map<string, ServerResponse>();
  const connections = new Set<Socket>();
  const server = createServer((request, response) => {
    connections.add(request.socket);
    if (request.url?.startsWith("/held")) held.set(request.url, response);
    else response.end(`${request.headers.host} ${request.socket.remotePort}`);
  });
  const port = await listen(server);
  onTestFinished(() => server.closeAllConnections());
  return { ...open(async () => [good], local, timeouts), server, port, held, connections };
}

test("a connection is kept for the name and the port it was made for, and for nothing else", async () => {
  const { send, asked, port } = await startKeeping();
  const { port: otherPort } = await startKeeping();
  const ask = async (host: string, at = port) => (await send(`http://${host}:${at}/`)).text;
  const first = await ask("a.example");
  expect(await ask("a.example")).toBe(first);
  const second = await ask("b.example");
  expect(second.split(" ")).toEqual([
    `b.example:${port}`,
    expect.not.stringMatching(first.split(" ")[1]!),
  ]);
  expect(await ask("a.example", otherPort)).toContain(`a.example:${otherPort} `);
  expect(await ask("a.example")).toBe(first);
  expect(asked).toEqual(["a.example", "b.example", "a.example"]);
});

test("each request has a connection to itself: one without an answer holds up no other", async () => {
  const { send, port, held, connections } = await startKeeping();
  const url = `http://a.example:${port}`;
  const waiting = [1, 2].map((number) => send(`${url}/held/${number}`));
  await eventually(() => held.size === 2);
  const lane = async (): Promise<void> => {
    for (let sent = 0; sent < 20; sent += 1) expect((await send(`${url}/`)).status).toBe(200);
  };
  await Promise.all([lane(), lane(), lane()]);
  expect(connections.size).toBe(5);
  for (const response of held.values()) response.end("at last");
  expect((await Promise.all(waiting)).map(({ text }) => text)).toEqual(["at last", "at last"]);
});

test("an answer that comes too late is not taken for that of the next request", async () => {
  const { send, failure, port, held } = await startKeeping({ headersMs: 1_500 });
  const url = `http://a.example:${port}`;
  await send(`${url}/`);
  const error = await failure(`${url}/held`);
  expect(String(error)).toContain("the answer took more than 1500 ms");
  held.get("/held")?.end("too late");
  expect((await send(`${url}/`)).text).toContain("a.example");

  // Nor is what nobody asked for.
  const answer = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n";
  const pushing = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.write(`${answer}mine${answer}evil`));
  });
  const pushingPort = await listen(pushing);
  for (let sent = 0; sent < 3; sent += 1) {
    expect((await send(`http://a.example:${pushingPort}/`)).text).toBe("mine");
  }
});

test("what is given up while its name is being asked for is never sent", async () => {
  const { port, connections } = await startKeeping();
  const asking: (() => void)[] = [];
  const { failure, send } = open(
    async () => {
      if (asking.length < 2) await new Promise<void>((resolve) => asking.push(resolve));
      return [good];
    },
    local,
    { connectMs: 2_000 },
  );
  const url = `http://slow.example:${port}/`;
  const reason = new Error("stop");
  const abort = new AbortController();
  const aborted = failure(url, abort.signal);
  const late = failure(url);
  await eventually(() => asking.length === 2);
  abort.abort(reason);
  expect(await aborted).toBe(reason);
  expect(await late).toMatchObject({
    constructor: ProviderUnavailable,
    code: "provider_not_reached",
  });
  expect(String(await late)).toContain("connecting took more than 2000 ms");
  for (const answer of asking) answer();
  await send(url);
  expect(connections.size).toBe(1);
});

test("what is said before the answer is not the answer", async () => {
  const { send } = open(async () => [good]);
  const hinting = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write("HTTP/1.1 103 Early Hints\r\nretry-after: 9\r\n\r\n");
      socket.end("HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok");
    });
  });
  const answer = await send(`http://a.example:${await listen(hinting)}/`);
  expect([answer.status, answer.text, answer.retryAfterMs]).toEqual([202, "ok", undefined]);
});
