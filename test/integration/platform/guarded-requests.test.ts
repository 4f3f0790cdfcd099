import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { ProviderRejected, ProviderUnavailable } from "../../../src/errors.ts";
import {
  createAddressGuard,
  type AddressRules,
  type ResolvedAddress,
} from "../../../src/platform/address-guard.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { createHttpClient } from "../../../src/platform/http-client.ts";

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
  const asked: string[] = [];
  const guard = createAddressGuard(rules, async (hostname) => {
    asked.push(hostname);
    return answers.shift() ?? [];
  });
  const http = createHttpClient({
    name: "A receiver",
    clock: systemClock,
    timeouts: { connectMs: 1_000, headersMs: 1_000, bodyMs: 50 },
    bytesMax: 1_000,
    cutsAnswers: true,
    guard,
  });
  onTestFinished(() => http.close());
  const send = (url: string) => http.send({ method: "POST", url, body: "hello", signal: never });
  const failure = async (url: string): Promise<unknown> => await send(url).catch((error) => error);
  return { seen, asked, send, failure, port };
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
