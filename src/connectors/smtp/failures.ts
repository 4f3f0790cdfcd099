import {
  Failure,
  InvalidPayload,
  ProviderRejected,
  ProviderUnavailable,
  WriteUnconfirmed,
} from "../../errors.ts";

/** What nodemailer puts on its errors, as far as we read it. */
interface SmtpError extends Error {
  code?: string;
  /** The code of the system or TLS error beneath, e.g. ECONNREFUSED. */
  originalCode?: string;
  /** The step that failed: CONN, EHLO, STARTTLS, "AUTH PLAIN", "MAIL FROM", "RCPT TO", DATA, API. */
  command?: string;
  /** The server's whole answer, e.g. "550 5.1.1 No such user". */
  response?: string;
  responseCode?: number;
}

/** Only a person can mend these; the runs wait by backoff and the code tells the operator. */
const CONFIG_CODES = new Set(["EAUTH", "ENOAUTH", "EOAUTH2", "ETLS", "EREQUIRETLS", "ECONFIG"]);
const TLS_TROUBLE = /^(ERR_TLS|ERR_SSL|EPROTO$|UNABLE_TO_)|CERT/;
/** "You must log in (or start TLS) first" and "this login is not good enough". */
const LOGIN_REPLIES = new Set([530, 534, 535, 538]);

/**
 * Turns what the SMTP conversation ended with into what to do about it (docs/connectors/smtp.md).
 * `isCommitted` says whether the end of the mail had been handed over: before it, nothing was sent,
 * whatever went wrong; after it, only a complete answer of the server says that it was not.
 */
export function smtpFailure(error: unknown, { isCommitted }: { isCommitted: boolean }): Failure {
  if (error instanceof Failure) return error;
  const { code, command, response, responseCode, message } = asSmtpError(error);
  const cause = { cause: error };
  const isAnswer = responseCode !== undefined && responseCode >= 400 && responseCode < 600;

  // EMESSAGE is nodemailer's word for a complete reply to the mail itself. A reply cut off by a
  // lost connection comes under another code, and is not believed.
  if (isCommitted && !(code === "EMESSAGE" && isAnswer)) {
    return new WriteUnconfirmed(
      `The mail server did not say whether it took the mail (${message}).`,
      cause,
    );
  }
  if (code === "EENVELOPE" && response === undefined) {
    return new InvalidPayload(message, { ...cause, code: "invalid_address" });
  }
  if (code === "EMESSAGE" && response === undefined) {
    return new ProviderRejected(message, { ...cause, code: "message_rejected" });
  }
  const answer = response ?? message;
  if (isConfiguration(error)) {
    return new ProviderUnavailable(`The mail server's settings do not work: ${answer}`, {
      ...cause,
      code: "mail_config",
    });
  }
  // 503 says that the conversation went out of step, not that the mail is wrong.
  if (
    (code === "EENVELOPE" || code === "EMESSAGE") &&
    isAnswer &&
    responseCode >= 500 &&
    responseCode !== 503
  ) {
    const { refusal, what } = refused({ command, response: answer, responseCode });
    return new ProviderRejected(`The mail server refused the ${what}: ${answer}`, {
      ...cause,
      code: refusal,
      providerCode: answer,
    });
  }
  return new ProviderUnavailable(`The mail server could not take the mail: ${answer}`, cause);
}

function isConfiguration(error: unknown): boolean {
  const { code, originalCode, responseCode } = asSmtpError(error);
  // 454 4.7.0 is "cannot check your password just now".
  const isTemporary = responseCode !== undefined && responseCode >= 400 && responseCode < 500;
  if (isTemporary) return false;
  return (
    (code !== undefined && CONFIG_CODES.has(code)) ||
    (originalCode !== undefined && TLS_TROUBLE.test(originalCode)) ||
    (responseCode !== undefined && LOGIN_REPLIES.has(responseCode))
  );
}

/**
 * Whom or what a 5xx is about. An enhanced status code (RFC 3463) says it exactly: x.1.z and x.2.z
 * are about the mailbox, x.7.z about policy. Without one, the step that failed has to do.
 */
function refused({
  command,
  response,
  responseCode,
}: {
  command: string | undefined;
  response: string;
  responseCode: number;
}): { refusal: string; what: string } {
  const subject = /^\d{3}[ -]5\.(\d{1,3})\.(\d{1,3})/.exec(response);
  const isSenderStatus = subject?.[1] === "1" && (subject[2] === "7" || subject[2] === "8");
  if (command === "MAIL FROM" ? responseCode !== 552 : isSenderStatus) {
    return { refusal: "sender_rejected", what: "sender" };
  }
  const isMailboxCode = [550, 551, 553].includes(responseCode) && command === "RCPT TO";
  const isMailboxStatus = subject?.[1] === "1" || (subject?.[1] === "2" && subject[2] !== "3");
  if (subject === null ? isMailboxCode : isMailboxStatus) {
    return { refusal: "recipient_rejected", what: "recipient" };
  }
  return { refusal: "message_rejected", what: "mail" };
}

function asSmtpError(error: unknown): SmtpError {
  return error instanceof Error ? error : new Error(String(error));
}
