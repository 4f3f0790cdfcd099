import { discardTimer } from "../../../actions/run-timer.ts";
import { defineRoute } from "../../define-route.ts";

/** DELETE /timer/discard — 204 whether or not a timer ran. */
export const deleteTimerDiscardRoute = defineRoute({
  method: "delete",
  path: "/timer/discard",
  summary: "Discard the running timer",
  description: "Deletes your running timer without saving it. 204 whether or not one ran.",
  tag: "Timer",
  access: { scope: "time-entries:write" },
  answers: { 204: null },

  async run({ tx, company, user, now }) {
    await discardTimer(tx, { company, causerId: user.id, now }, { userId: user.id });
    return { status: 204 };
  },
});
