import { createServer } from "node:net";

/**
 * A TCP port nobody listens on now, chosen by the operating system. Somebody else may take it before
 * the caller does: whoever binds it must be ready to ask again.
 */
export async function findFreePort(host = "127.0.0.1"): Promise<number> {
  return await new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") {
          reject(new Error("The operating system named no port."));
        } else {
          resolve(address.port);
        }
      });
    });
  });
}
