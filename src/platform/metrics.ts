import { collectDefaultMetrics, Registry } from "prom-client";

/**
 * A registry of our own, passed to whoever measures; prom-client's global one would mix the parts of
 * a process, and the tests in it. With `withProcessMetrics` it also watches memory, CPU and event loop.
 */
export function createMetricsRegistry({
  withProcessMetrics,
}: {
  withProcessMetrics: boolean;
}): Registry {
  const registry = new Registry();
  if (withProcessMetrics) collectDefaultMetrics({ register: registry });
  return registry;
}
