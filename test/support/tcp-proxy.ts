import { connect, createServer, type Socket } from "node:net";
import type { TestSetup } from "./setup.ts";

export type Cut = "close" | "reset";

export interface TcpProxy {
  /** The database's address, by way of the proxy. */
  url: string;
  /** Connections that are open now. */
  open: () => number;
  /** Ends them all as a failing network does, without a word from the server: they are closed, or reset. */
  cut: (how?: Cut) => void;
}

/** A network between a test and its database that can be cut. */
export async function startTcpProxy(base: TestSetup): Promise<TcpProxy> {
  const target = new URL(base.databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("error", () => from.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
    sockets.add(near);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const cut = (how: Cut = "close"): void => {
    for (const socket of sockets) {
      if (how === "reset") socket.resetAndDestroy();
      else socket.destroy();
    }
  };
  base.defer(async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = new URL(base.databaseUrl);
  url.port = String(address.port);
  return { url: url.href, open: () => sockets.size, cut };
}
