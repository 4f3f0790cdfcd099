import { z } from "zod";
import { startTestClock } from "../../../actions/start-test-clock.ts";
import { getTestClock } from "../../../db/test-clocks.ts";
import { defineRoute } from "../../define-route.ts";
import { instant } from "../../inputs.ts";
import { presentTestClock, testClockJson } from "./schema.ts";

/** POST /test-clock — makes the company a test company that lives at `now`, once and for good. */
export const postTestClockRoute = defineRoute({
  method: "post",
  path: "/test-clock",
  summary: "Make this a test company with a clock of its own",
  tag: "Test clock",
  access: { scope: "settings:write" },
  body: z.strictObject({ now: instant }),
  answers: { 201: z.object({ data: testClockJson }) },
  async run({ tx, company }, { body }) {
    await startTestClock(tx, { companyId: company.id, now: body.now });
    const data = presentTestClock(await getTestClock(tx, company.id), { isAdvancing: false });
    return { status: 201, body: { data } };
  },
});
