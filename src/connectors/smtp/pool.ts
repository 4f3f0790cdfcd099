import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { SMTPConnectionOptions } from "nodemailer/lib/smtp-connection";
import { ProviderUnavailable } from "../../errors.ts";

interface SmtpPoolOptions {
  connection: SMTPConnectionOptions;
  auth: { user: string; pass: string } | undefined;
  connectionsMax: number;
  /** Servers end idle sessions after five minutes or less (RFC 5321 4.5.3.2.7); we leave first. */
  idleTimeoutMs: number;
  /** Many servers end a session after about a hundred mails. */
  mailsPerConnectionMax: number;
}

interface SmtpLease {
  connection: SMTPConnection;
  /** It carried a mail before, so the server may have closed it in the meantime. */
  isReused: boolean;
}

interface SmtpPool {
  /** Waits for one of `connectionsMax` places, then for a greeted and logged-in connection. */
  acquire(signal: AbortSignal, options?: { isFresh: boolean }): Promise<SmtpLease>;
  /** Gives a connection back after a mail it carried to the end. */
  release(lease: SmtpLease): void;
  /** Gives a connection back that is in an unknown state: it is closed. */
  discard(lease: SmtpLease): void;
  close(): void;
}

/**
 * A pool of SMTP connections. nodemailer's own one is not used: it may send a mail again by itself
 * when a connection closes, and cannot say how far the first try got.
 */
export function createSmtpPool(options: SmtpPoolOptions): SmtpPool {
  const idle = new Map<SMTPConnection, NodeJS.Timeout>();
  const mailsCarried = new WeakMap<SMTPConnection, number>();
  const waiting: (() => void)[] = [];
  let leased = 0;
  let isClosed = false;

  async function takePlace(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (leased < options.connectionsMax) {
      leased += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(signal.reason);
      };
      waiting.push(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  function freePlace(): void {
    const next = waiting.shift();
    // The place goes straight to the next one, so nobody can slip in between.
    if (next) next();
    else leased -= 1;
  }

  function takeIdle(): SMTPConnection | undefined {
    for (const [connection, timer] of idle) {
      clearTimeout(timer);
      idle.delete(connection);
      if (!connection.destroyed) return connection;
    }
    return undefined;
  }

  function closeIdle(): void {
    for (let connection = takeIdle(); connection; connection = takeIdle()) connection.quit();
  }

  return {
    async acquire(signal, { isFresh } = { isFresh: false }) {
      await takePlace(signal);
      try {
        if (isClosed) throw new ProviderUnavailable("The mail connector is closed.");
        // One connection found dead means that the server has dropped its elders too.
        if (isFresh) closeIdle();
        const reused = takeIdle();
        if (reused) return { connection: reused, isReused: true };
        return { connection: await openSmtpConnection(options, signal), isReused: false };
      } catch (error) {
        freePlace();
        throw error;
      }
    },
    release({ connection }) {
      const mails = (mailsCarried.get(connection) ?? 0) + 1;
      mailsCarried.set(connection, mails);
      if (isClosed || mails >= options.mailsPerConnectionMax) {
        connection.quit();
      } else {
        const leave = () => {
          idle.delete(connection);
          connection.quit();
        };
        idle.set(connection, setTimeout(leave, options.idleTimeoutMs).unref());
      }
      freePlace();
    },
    discard({ connection }) {
      connection.close();
      freePlace();
    },
    close() {
      isClosed = true;
      closeIdle();
    },
  };
}

/** Connects, waits for the greeting and logs in. Rejects with nodemailer's error. */
export async function openSmtpConnection(
  { connection: settings, auth }: Pick<SmtpPoolOptions, "connection" | "auth">,
  signal: AbortSignal,
): Promise<SMTPConnection> {
  const connection = new SMTPConnection(settings);
  const giveUp = () => connection.close();
  // Stays on for good: whoever waits for an answer gets the same error through their callback,
  // and an idle connection that breaks is no loss.
  connection.on("error", () => {});
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once("error", reject);
      connection.once("end", () => {
        reject(
          signal.aborted ? signal.reason : new Error("The mail server closed the connection."),
        );
      });
      signal.addEventListener("abort", giveUp, { once: true });
      connection.connect((error) => {
        if (error) return reject(error);
        if (auth === undefined) return resolve();
        if (!connection.allowsAuth) return reject(noLogin());
        return connection.login(auth, (refusal) => (refusal ? reject(refusal) : resolve()));
      });
    });
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function noLogin(): ProviderUnavailable {
  return new ProviderUnavailable("The mail server offers no login, but the settings have one.", {
    code: "mail_config",
  });
}
