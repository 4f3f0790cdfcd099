import type { Route } from "../define-route.ts";
import { getAttentionRoute } from "./attention/get-attention.ts";
import { postAttentionResolveRoute } from "./attention/post-attention-resolve.ts";
import { getNightRoute } from "./nights/get-night.ts";
import { getNightsRoute } from "./nights/get-nights.ts";
import { postNightReleaseRoute } from "./nights/post-night-release.ts";
import { postNightRoute } from "./nights/post-night.ts";
import { getRunEventsRoute } from "./runs/get-run-events.ts";
import { getRunRoute } from "./runs/get-run.ts";
import { getRunsRoute } from "./runs/get-runs.ts";
import { postRunCancelRoute } from "./runs/post-run-cancel.ts";
import { postRunRetryRoute } from "./runs/post-run-retry.ts";
import { getTestClockRoute } from "./test-clock/get-test-clock.ts";
import { postTestClockAdvanceRoute } from "./test-clock/post-test-clock-advance.ts";
import { postTestClockRoute } from "./test-clock/post-test-clock.ts";

/** What runs by itself: nights, runs, what they leave for a person, the test clock. */
export const runRoutes: readonly Route[] = [
  postNightRoute,
  getNightsRoute,
  getNightRoute,
  postNightReleaseRoute,
  getRunsRoute,
  getRunRoute,
  getRunEventsRoute,
  postRunCancelRoute,
  postRunRetryRoute,
  getAttentionRoute,
  postAttentionResolveRoute,
  getTestClockRoute,
  postTestClockRoute,
  postTestClockAdvanceRoute,
];
