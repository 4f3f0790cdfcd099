import { z } from "zod";
import { revokeSession } from "../../../db/sessions.ts";
import { defineRoute } from "../../define-route.ts";

/** POST /auth/logout — ends this session; others of the same person stay. */
export const postLogoutRoute = defineRoute({
  method: "post",
  path: "/auth/logout",
  summary: "Log out",
  tag: "Authentication",
  access: "session",
  answers: { 200: z.object({ message: z.string() }) },

  async run({ tx, caller, clock }) {
    await revokeSession(tx, { sessionId: caller.id, now: clock.now() });
    return { status: 200, body: { message: "Logged out." } };
  },
});
