import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";

/** The API, as a program that was given a token uses it. */
export interface Ask {
  /** Returns `data`. Throws when it is refused. */
  call: (method: string, path: string, body?: unknown) => Promise<unknown>;
  /** Connects a provider as a browser does, where somebody agrees at once. */
  connect: (path: string) => Promise<void>;
  /** Looks again and again until there is something. Throws `problem` after a while. */
  until: <Found>(look: () => Promise<Found | undefined>, problem: string) => Promise<Found>;
}

/** How long anything of the demo's may take, in milliseconds. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 100;

export function createAsk({ url, token }: { url: string; token: string }): Ask {
  const headers = { authorization: `Bearer ${token}` };
  return {
    async call(method, path, body) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
      return z.object({ data: z.unknown() }).parse(JSON.parse(text)).data;
    },
    async connect(path) {
      const begun = await follow(`${url}/api/v1${path}`, headers);
      const cookie = begun.cookies.map((each) => each.split(";")[0] ?? "").join("; ");
      // The provider's page, where the sandbox agrees, and the way back.
      const page = await follow(begun.location, {});
      const back = await follow(page.location, { cookie });
      if (!new URL(back.location, url).searchParams.has("error")) return;
      throw new Error(`${path}: ${back.location}`);
    },
    async until(look, problem) {
      const deadline = performance.now() + PATIENCE_MS;
      while (performance.now() < deadline) {
        const found = await look();
        if (found !== undefined) return found;
        await delay(PAUSE_MS);
      }
      throw new Error(problem);
    },
  };
}

async function follow(
  url: string,
  headers: Record<string, string>,
): Promise<{ location: string; cookies: string[] }> {
  const answer = await fetch(url, { headers, redirect: "manual" });
  const text = await answer.text();
  const location = answer.headers.get("location");
  if (location === null) throw new Error(`${url} answered ${answer.status}: ${text}`);
  return { location, cookies: answer.headers.getSetCookie() };
}

const Ended = z.looseObject({ status: z.string(), finished_at: z.string().nullable() });

/** Waits for a run's end, and returns it. Throws when it did not succeed. */
export async function waitForRun(ask: Ask, id: string): Promise<unknown> {
  return await ask.until(async () => {
    const run = await ask.call("GET", `/runs/${id}`);
    const { status, finished_at } = Ended.parse(run);
    if (finished_at === null) return undefined;
    if (status === "succeeded") return run;
    throw new Error(`run ${id} ended as ${status}: ${JSON.stringify(run)}`);
  }, `run ${id} does not end`);
}
