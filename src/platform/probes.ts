import { Router } from "express";
import type { Registry } from "prom-client";

/** Something a process cannot work without. Throws, saying what is wrong, when it is not there. */
export interface ReadinessCheck {
  name: string;
  check: () => Promise<void>;
}

export interface ProbeOptions {
  readiness: readonly ReadinessCheck[];
  /** Left out: `/metrics` is not there. */
  metrics?: Registry | undefined;
  /** How long a check may take, in milliseconds. */
  withinMs?: number;
}

/**
 * `/healthz`: the process answers. `/readyz`: what it needs answers too, else 503 with the names of
 * what does not; why not is for the log. `/metrics`: for Prometheus.
 */
export function createProbes({ readiness, metrics, withinMs = 2_000 }: ProbeOptions): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.set("Cache-Control", "no-store").json({ status: "ok" });
  });
  router.get("/readyz", async (_request, response) => {
    const results = await Promise.all(
      readiness.map(async ({ name, check }) => ({ name, isReady: await passes(check, withinMs) })),
    );
    const isReady = results.every((result) => result.isReady);
    response.status(isReady ? 200 : 503).set("Cache-Control", "no-store");
    response.json({
      status: isReady ? "ready" : "not ready",
      checks: Object.fromEntries(
        results.map((result) => [result.name, result.isReady ? "ok" : "failed"]),
      ),
    });
  });
  if (metrics !== undefined) {
    router.get("/metrics", async (_request, response) => {
      response.set("Content-Type", metrics.contentType).send(await metrics.metrics());
    });
  }
  return router;
}

async function passes(check: () => Promise<void>, withinMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), withinMs);
  });
  const answer = check().then(
    () => true,
    () => false,
  );
  const isReady = await Promise.race([answer, tooLate]);
  clearTimeout(timer);
  return isReady;
}
