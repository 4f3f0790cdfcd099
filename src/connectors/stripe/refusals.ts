import { ProviderRejected } from "../../errors.ts";

/** Whether Stripe knows nothing of that name in the account: it is of the other mode, test or live, or gone. */
export function isMissing(error: unknown): boolean {
  return error instanceof ProviderRejected && error.providerCode === "resource_missing";
}
