import type { ConnectionOptions } from "node:tls";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import type { SMTPConnectionSendInfo } from "nodemailer/lib/smtp-connection";
import { ProviderUnavailable } from "../../errors.ts";
import type { MailConnector, MailSendOptions } from "../contract.ts";
import { smtpFailure } from "./failures.ts";
import { HeldBody } from "./held-body.ts";
import { toMime, type MimeMail } from "./mime.ts";
import { createSmtpPool, openSmtpConnection } from "./pool.ts";
import { readSmtpUrl } from "./settings.ts";

export interface SmtpOptions {
  /** See `readSmtpUrl`. */
  url: string;
  connectionsMax?: number;
  connectionTimeoutMs?: number;
  greetingTimeoutMs?: number;
  /** Longest silence of the server. */
  socketTimeoutMs?: number;
  /** Longest wait for the answer to a mail handed over, however the server fills the time. */
  answerTimeoutMs?: number;
  idleTimeoutMs?: number;
  mailsPerConnectionMax?: number;
  /** For a certificate authority of one's own. */
  tls?: ConnectionOptions;
}

/**
 * Sends mail over SMTP. SMTP cannot be asked whether a mail was accepted, so the one thing that
 * must be known is on which side of the mail's end a failure lies; `HeldBody` keeps that.
 */
export function createSmtpMail(options: SmtpOptions): MailConnector {
  const { connection, auth } = readSmtpUrl(options.url);
  const answerTimeoutMs = options.answerTimeoutMs ?? 60_000;
  const settings = {
    connection: {
      ...connection,
      connectionTimeout: options.connectionTimeoutMs ?? 10_000,
      greetingTimeout: options.greetingTimeoutMs ?? 10_000,
      socketTimeout: options.socketTimeoutMs ?? 45_000,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
    },
    auth,
  };
  const pool = createSmtpPool({
    ...settings,
    connectionsMax: options.connectionsMax ?? 3,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    mailsPerConnectionMax: options.mailsPerConnectionMax ?? 100,
  });

  /** One try over one connection. `undefined`: the connection was dead before the mail began. */
  async function attempt(
    mail: MimeMail,
    { signal, beforeCommit }: MailSendOptions,
    { isFresh }: { isFresh: boolean },
  ): Promise<SMTPConnectionSendInfo | undefined> {
    const lease = await pool.acquire(signal, { isFresh }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : smtpFailure(error, { isCommitted: false });
    });
    const delivery = startDelivery(lease.connection, mail, {
      signal,
      beforeCommit,
      answerTimeoutMs,
    });
    try {
      const info = await delivery.answer;
      pool.release(lease);
      return info;
    } catch (error) {
      pool.discard(lease);
      // A note the caller is still writing must not land after they were told how it ended.
      await delivery.body.settled();
      if (error === delivery.stopped.reason) throw error;
      const wasDropped = lease.isReused && !delivery.body.isStarted && !hasAnswer(error);
      if (wasDropped) return undefined;
      throw smtpFailure(error, { isCommitted: delivery.body.isCommitted });
    }
  }

  return {
    async send(message, sendOptions) {
      const mail = await toMime(message);
      const info =
        (await attempt(mail, sendOptions, { isFresh: false })) ??
        (await attempt(mail, sendOptions, { isFresh: true }));
      if (info === undefined)
        throw new ProviderUnavailable("The mail server closed the connection.");
      const refusals = info.rejectedErrors ?? [];
      return {
        messageId: message.messageId,
        response: info.response,
        rejected: info.rejected.map((address, index) => ({
          address,
          response: refusals[index]?.response ?? "",
        })),
      };
    },
    async verify() {
      try {
        const opened = await openSmtpConnection(settings, new AbortController().signal);
        opened.quit();
      } catch (error) {
        throw smtpFailure(error, { isCommitted: false });
      }
    },
    close: () => pool.close(),
  };
}

interface Delivery {
  body: HeldBody;
  answer: Promise<SMTPConnectionSendInfo>;
  /** Aborted, with the reason, when the caller ended the delivery: by its signal, or in `beforeCommit`. */
  stopped: AbortSignal;
}

function startDelivery(
  connection: SMTPConnection,
  { raw, sender, recipients }: MimeMail,
  { signal, beforeCommit, answerTimeoutMs }: MailSendOptions & { answerTimeoutMs: number },
): Delivery {
  const stop = new AbortController();
  let deadline: NodeJS.Timeout | undefined;
  const { promise, resolve, reject } = deferred<SMTPConnectionSendInfo>();
  // The body is stopped in the same breath: it must not commit after we said that it failed.
  const fail = (error: unknown) => {
    body.destroy();
    reject(error);
  };

  const body = new HeldBody({
    raw,
    beforeCommit,
    onCommit: () => {
      const tooLate = () => fail(new Error(`no answer in ${answerTimeoutMs} ms`));
      deadline = setTimeout(tooLate, answerTimeoutMs);
    },
    onRefused: (error) => stop.abort(error),
  });
  const giveUp = () => {
    if (!body.isCommitted) stop.abort(signal.reason);
  };
  stop.signal.addEventListener("abort", () => fail(stop.signal.reason), { once: true });
  // nodemailer hands its error over after it has closed the connection: let it speak first.
  const onEnd = () => setImmediate(() => fail(new Error("the connection was closed")));

  connection.once("end", onEnd);
  signal.addEventListener("abort", giveUp, { once: true });
  if (signal.aborted) {
    giveUp();
  } else {
    const envelope = { from: sender, to: [...recipients], size: raw.length };
    connection.send(envelope, body, (error, info) => {
      if (error) fail(error);
      else if (body.isCommitted) resolve(info);
      else fail(new ProviderUnavailable("The mail server answered before it had the whole mail."));
    });
  }
  const answer = promise.finally(() => {
    clearTimeout(deadline);
    connection.off("end", onEnd);
    signal.removeEventListener("abort", giveUp);
  });
  return { body, answer, stopped: stop.signal };
}

function deferred<Value>() {
  let resolve!: (value: Value) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

function hasAnswer(error: unknown): boolean {
  return error instanceof Error && "responseCode" in error && error.responseCode !== 421;
}
