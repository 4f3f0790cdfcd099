import { createServer, type Server } from "node:http";

/** A port that somebody else listens on already. */
class PortInUse extends Error {
  constructor(port: number, options?: ErrorOptions) {
    super(`Port ${port} is in use. Choose another one, or 0 for any free one.`, options);
    this.name = "PortInUse";
  }
}

/** An address that is none of this machine's, or a port it does not give us; `cause` says which. */
export class CannotListen extends Error {
  readonly address: string;

  constructor(host: string, port: number, cause: unknown) {
    const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    super(`Cannot listen on ${address}.`, { cause });
    this.name = "CannotListen";
    this.address = address;
  }
}

/**
 * Listens on the first of the ports that is free and returns it; 0 is any free one. Throws `PortInUse`
 * about the last one, and `CannotListen`.
 */
export async function listen(
  server: Server,
  { host, ports }: { host: string; ports: readonly number[] },
): Promise<number> {
  let problem: unknown = new Error("no port was given");
  for (const port of ports) {
    try {
      return await listenOn(server, host, port);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code !== "EADDRINUSE") throw new CannotListen(host, port, error);
      problem = new PortInUse(port, { cause: error });
    }
  }
  throw problem;
}

/** Throws what `listen` would throw now. For whoever has much to do before it listens. */
export async function assertListenable(options: Parameters<typeof listen>[1]): Promise<void> {
  const server = createServer();
  await listen(server, options);
  await new Promise((resolve) => server.close(resolve));
}

async function listenOn(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
