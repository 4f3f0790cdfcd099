import { z } from "zod";
import { isRunSettled } from "../../../db/run-settling.ts";
import { getTestClock } from "../../../db/test-clocks.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { presentTestClock, testClockJson } from "./schema.ts";

/** GET /test-clock — where a test company's clock stands. 404 for a company without one. */
export const getTestClockRoute = defineRoute({
  method: "get",
  path: "/test-clock",
  summary: "Get the test clock",
  tag: "Test clock",
  access: { scope: "settings:read" },
  answers: { 200: z.object({ data: testClockJson }) },
  async run({ sql, company }) {
    const clock = await getTestClock(sql, company.id);
    const isAdvancing = clock.testRunId !== null && !(await isRunSettled(sql, clock.testRunId));
    const data = presentTestClock(clock, { isAdvancing });
    if (data === null) throw new NotFound("Test clock");
    return { status: 200, body: { data } };
  },
});
