import { createServer, type RequestListener, type Server } from "node:http";

/**
 * An HTTP server that does not wait for slow callers: headers within 10 s, the whole request within two
 * minutes (5 MB over a poor line), idle connections closed after 65 s (longer than the usual load balancer's 60).
 */
export function createHttpServer(listener: RequestListener): Server {
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 120_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
    },
    listener,
  );
  server.maxRequestsPerSocket = 10_000;
  return server;
}

/** Takes no new requests, lets the open ones end, and cuts what is left after `graceMs`. */
export async function closeHttpServer(server: Server, graceMs: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const cut = setTimeout(() => {
      server.closeAllConnections();
    }, graceMs);
    server.close((error) => {
      clearTimeout(cut);
      if (error === undefined) resolve();
      else reject(error);
    });
    server.closeIdleConnections();
  });
}
