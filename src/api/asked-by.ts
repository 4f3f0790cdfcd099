import type { RunTrigger } from "../db/run-enqueue.ts";
import type { SignedInContext } from "./context.ts";

/** What a run remembers of the request that asked for it: the token or the person, and the request's id. */
export function askedBy({ caller, user, requestId }: SignedInContext): {
  trigger: RunTrigger;
  traceId: string;
} {
  const trigger: RunTrigger =
    caller.kind === "token" ? { kind: "api", id: caller.id } : { kind: "operator", id: user.id };
  return { trigger, traceId: requestId };
}

/** Who changes something and by which request, as the audit log keeps it. */
export function changerOf({ caller, user, requestId }: SignedInContext): {
  userId: number;
  apiTokenId: number | null;
  requestId: string;
} {
  return { userId: user.id, apiTokenId: caller.kind === "token" ? caller.id : null, requestId };
}
