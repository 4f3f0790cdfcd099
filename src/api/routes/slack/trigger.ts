import type { RunTrigger } from "../../../db/run-enqueue.ts";
import type { SignedInContext } from "../../context.ts";

/** Who asked for a run: a token, or a person. */
export function triggerOf({ caller, user }: SignedInContext): RunTrigger {
  return caller.kind === "token"
    ? { kind: "api", id: caller.id }
    : { kind: "operator", id: user.id };
}
