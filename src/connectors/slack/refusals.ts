import { z } from "zod";

/** The SDK's error for what Slack refused, known by its code: so the SDK need not be loaded to tell. */
const PlatformError = z.looseObject({
  code: z.literal("slack_webapi_platform_error"),
  data: z.looseObject({ error: z.string() }),
});

/** Slack's own word for what it refused; undefined when it was not Slack. */
export function refusalOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const refused = PlatformError.safeParse(cause);
  return refused.success ? wordOf(refused.data.data.error) : undefined;
}

/** The word as it may be shown and kept. */
export function wordOf(error: string): string {
  return /^[\w.-]{1,100}$/.test(error) ? error : "unknown_error";
}
