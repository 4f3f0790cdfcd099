import { resetImport } from "../../../actions/start-import.ts";
import { Conflict } from "../../../errors.ts";
import { getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";
import { messageAnswer, messageJson, refusalJson, refuse } from "./schema.ts";

/** POST /settings/freshbooks/reset — ends an import, so that another can begin. */
export const postFreshBooksResetRoute = defineRoute({
  method: "post",
  path: "/settings/freshbooks/reset",
  summary: "Make room for a new import",
  description:
    "An import that runs stops before its next page. What was taken over stays, and is not taken " +
    "over twice.",
  tag: "FreshBooks",
  access: { scope: "imports:write", minimumRole: "admin" },
  answers: { 200: messageJson, 422: refusalJson },

  async run(context) {
    const { tx, company, user, now } = context;
    const provider = getProvider(context, "freshbooks");
    try {
      await resetImport(tx, { company, provider, userId: user.id, now });
      return messageAnswer("Ready for new import");
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      return refuse(context, 422, error);
    }
  },
});
