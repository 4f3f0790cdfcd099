import { freshbooksSandbox } from "./freshbooks/freshbooks.ts";
import type { SandboxProvider } from "./provider.ts";
import { quickbooksSandbox } from "./quickbooks/quickbooks.ts";
import { slackSandbox } from "./slack/slack.ts";
import { googleCalendarSandbox } from "./google-calendar/google-calendar.ts";
import { stripeSandbox } from "./stripe/stripe.ts";

/** Every provider there is a sandbox of, in the order of their names. */
export const sandboxProviders: readonly SandboxProvider[] = [
  freshbooksSandbox,
  quickbooksSandbox,
  slackSandbox,
  googleCalendarSandbox,
  stripeSandbox,
];
