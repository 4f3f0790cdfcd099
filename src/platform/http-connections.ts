import { createRequire } from "node:module";
import type { buildConnector, Client } from "undici";
import type { AddressGuard } from "./address-guard.ts";

/** Connections that are kept open for the next request to the same place. */
export interface HttpConnections {
  /**
   * A connection for one request: kept from an earlier one, or yet to be made. With a guard, it leads to
   * an address that the guard checked when it was made.
   *
   * @param origin scheme, name and port
   */
  take(origin: string): Client;
  /** Keeps one whose request came to its proper end. */
  keep(origin: string, connection: Client): void;
  /** Closes one of which nobody knows what still comes. */
  drop(origin: string, connection: Client): void;
  /** Closes all, also those on which something is under way. */
  close(): void;
}

/** Twenty megabytes once it is loaded, which a process has no use for until its first request. */
let undici: typeof import("undici") | undefined;
function load(): typeof import("undici") {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what its own types say
  undici ??= createRequire(import.meta.url)("undici") as typeof import("undici");
  return undici;
}

/** Servers close idle connections after 5 s and more; a request must not meet that moment. */
const IDLE_MS = 4_000;
/** Whoever waits gives up first, and says so in our words. */
const SPARE_MS = 1_000;

/**
 * Each connection has one request at a time. A pool of undici's would let requests wait behind each
 * other, or open a second connection for whoever is quick to send the next one.
 */
export function openConnections({
  guard,
  connectMs,
}: {
  guard: AddressGuard | undefined;
  connectMs: number;
}): HttpConnections {
  let connect: buildConnector.connector | undefined;
  const open = new Set<Client>();
  /** By origin, the latest last. */
  const idle = new Map<string, Client[]>();

  function make(origin: string): Client {
    connect ??= load().buildConnector({
      timeout: connectMs + SPARE_MS,
      ...(guard === undefined ? {} : { lookup: guard.lookup }),
    });
    const connection = new (load().Client)(origin, {
      connect,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      // Exchanges have their own, which count from where a request is and not from the last byte.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    open.add(connection);
    connection.on("disconnect", () => {
      const place = idle.get(origin)?.indexOf(connection) ?? -1;
      if (place === -1) return;
      idle.get(origin)?.splice(place, 1);
      drop(origin, connection);
    });
    return connection;
  }

  function drop(origin: string, connection: Client): void {
    if (idle.get(origin)?.length === 0) idle.delete(origin);
    open.delete(connection);
    void connection.destroy();
  }

  return {
    take: (origin) => idle.get(origin)?.pop() ?? make(origin),
    keep(origin, connection) {
      const kept = idle.get(origin);
      if (kept === undefined) idle.set(origin, [connection]);
      else kept.push(connection);
    },
    drop,
    close() {
      for (const connection of open) void connection.destroy();
      open.clear();
      idle.clear();
    },
  };
}
