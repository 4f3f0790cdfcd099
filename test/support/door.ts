import { createServer } from "node:http";

/** Where test processes ask vitest's main process for what is made once and shared by all of them. */
export interface Door {
  url: string;
  close: () => void;
}

/** Every caller is answered with what `answer` resolves to, or a 500 that says what it threw. */
export async function openDoor(answer: () => Promise<string>): Promise<Door> {
  const server = createServer((_request, response) => {
    answer().then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  server.unref();
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What is behind a door; throws an Error with what went wrong there. */
export async function askAt(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(await response.text());
  return await response.text();
}
