/** `expired` is never stored: a quote sent or viewed reads so from the day after its last one. */
export type QuoteStatus = "draft" | "sent" | "viewed" | "accepted" | "declined" | "expired";

const APPEARANCE: Readonly<Record<QuoteStatus, { label: string; color: string }>> = {
  draft: { label: "Draft", color: "gray" },
  sent: { label: "Sent", color: "blue" },
  viewed: { label: "Viewed", color: "indigo" },
  accepted: { label: "Accepted", color: "green" },
  declined: { label: "Declined", color: "red" },
  expired: { label: "Expired", color: "amber" },
};

export function quoteStatusLabel(status: QuoteStatus): string {
  return APPEARANCE[status].label;
}

export function quoteStatusColor(status: QuoteStatus): string {
  return APPEARANCE[status].color;
}

/** Whether the client still may say yes or no. */
export function isAnswerable(status: QuoteStatus): boolean {
  return status === "sent" || status === "viewed";
}

/** Whether an invoice or a project may be made of it: the client has it, and has not declined. */
export function isConvertible(status: QuoteStatus): boolean {
  return isAnswerable(status) || status === "accepted";
}

/** What decides whether a mail with a quote may still go out. */
export interface QuoteMailState {
  status: QuoteStatus;
  isDeleted: boolean;
}

/** Why a quote must not be mailed any more, or undefined. */
export function whyNotMailQuote({ status, isDeleted }: QuoteMailState): string | undefined {
  if (isDeleted) return "the quote was deleted";
  if (status === "accepted" || status === "declined" || status === "expired") {
    return `the quote is ${status}`;
  }
  return undefined;
}
