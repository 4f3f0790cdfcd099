import { defineMailJob } from "./define-mail-job.ts";

/** Mails an invitation to join a company, with the link that lets its reader in. */
export const sendInvitationMail = defineMailJob({
  kind: "invitation",
  eventType: "invitation.send-requested",
});
