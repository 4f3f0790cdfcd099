import { once } from "node:events";
import type { Socket } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import { parseMail, type ParsedMail } from "./mime.ts";

/** A mail as the server took it. */
export interface ReceivedMail extends ParsedMail {
  envelope: { from: string; to: string[] };
  /** Place in the order of arrival, from 0. */
  position: number;
}

/** What goes wrong with a mail, or with one recipient of it. */
export interface SmtpFault {
  /** Whom it concerns. Default: every mail. */
  to?: string | RegExp;
  /** How many times it happens. Default: every time. */
  times?: number;
  /**
   * - `refuse`: answers with `code` (421 closes the connection too, 450 try later, 550 never), at RCPT,
   *   or at the end of the mail with `at: "data"`.
   * - `drop`: takes the whole mail, keeps it, and hangs up instead of answering.
   * - `silence`: takes the whole mail, keeps it, and never answers.
   * - `delay`: answers `delayMs` later.
   */
  kind: "refuse" | "drop" | "silence" | "delay";
  code?: number;
  at?: "rcpt" | "data";
  delayMs?: number;
}

export interface TestSmtpServer {
  /** E.g. `smtp://127.0.0.1:2525`. */
  url: string;
  port: number;
  /** In the order of arrival, also those that were dropped or met with silence. */
  mails: readonly ReceivedMail[];
  fail: (fault: SmtpFault) => void;
  /** Ends all faults. */
  heal: () => void;
  /** Resolves as soon as what has arrived satisfies the condition; rejects after `withinMs`. */
  waitFor: (
    condition: (mails: readonly ReceivedMail[]) => boolean,
    options?: { withinMs?: number },
  ) => Promise<readonly ReceivedMail[]>;
  /** Resolves when the server has taken `count` mails. */
  waitForCount: (count: number) => Promise<readonly ReceivedMail[]>;
  clear: () => void;
  close: () => Promise<void>;
}

/** A real SMTP server on a free port of this machine; with `auth`, only after that login. */
export async function startSmtpServer({
  auth,
}: { auth?: { user: string; password: string } } = {}): Promise<TestSmtpServer> {
  const mails: ReceivedMail[] = [];
  const faults: Required<SmtpFault>[] = [];
  const waiting = new Set<() => void>();

  const takeFault = (
    kinds: readonly SmtpFault["kind"][],
    at: "rcpt" | "data",
    recipients: readonly string[],
  ): Required<SmtpFault> | undefined => {
    const fault = faults.find(
      (candidate) =>
        kinds.includes(candidate.kind) &&
        (candidate.kind !== "refuse" || candidate.at === at) &&
        candidate.times > 0 &&
        recipients.some((address) => isMeant(candidate.to, address)),
    );
    if (fault !== undefined) fault.times -= 1;
    return fault;
  };

  const server = new SMTPServer({
    disabledCommands: auth === undefined ? ["AUTH", "STARTTLS"] : ["STARTTLS"],
    authOptional: auth === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth: (given, _session, done) => {
      if (given.username === auth?.user && given.password === auth?.password) {
        done(null, { user: given.username });
      } else {
        done(smtpError(535, "authentication failed"));
      }
    },
    onRcptTo: ({ address }, _session, done) => {
      const fault = takeFault(["refuse"], "rcpt", [address]);
      done(fault === undefined ? null : smtpError(fault.code, `${address} is refused`));
    },
    onData: (stream, session, done) => {
      void receive(stream, session, done);
    },
  });

  const receive = async (
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ): Promise<void> => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of stream) chunks.push(Buffer.from(chunk));
    } catch {
      // The client hung up before the end: no mail.
      return;
    }
    const to = session.envelope.rcptTo.map(({ address }) => address);
    const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;

    const refusal = takeFault(["refuse"], "data", to);
    if (refusal !== undefined) {
      done(smtpError(refusal.code, "the mail is refused"));
      return;
    }
    const fault = takeFault(["drop", "silence", "delay"], "data", to);
    const mail = parseMail(Buffer.concat(chunks));
    mails.push({ ...mail, envelope: { from, to }, position: mails.length });
    for (const look of waiting) look();
    if (fault === undefined) done(null);
    else if (fault.kind === "delay") setTimeout(() => done(null), fault.delayMs);
    else if (fault.kind === "drop") hangUp(session);
  };
  const sockets = new Set<Socket>();
  server.server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const hangUp = (session: SMTPServerSession): void => {
    for (const socket of sockets) if (socket.remotePort === session.remotePort) socket.destroy();
  };

  // What a client does to its socket is its own affair; without this it would end the test process.
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  const waitFor: TestSmtpServer["waitFor"] = async (condition, { withinMs = 20_000 } = {}) =>
    await new Promise((resolve, reject) => {
      const look = (): void => {
        if (!condition(mails)) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(mails);
      };
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(
          new Error(
            `Not within ${withinMs} ms: ${String(condition)}. ${mails.length} mails came: ${mails
              .map((mail) => `${mail.envelope.to.join(", ")} "${mail.subject}"`)
              .join("; ")}`,
          ),
        );
      }, withinMs);
      waiting.add(look);
      look();
    });
  return {
    url: `smtp://${auth === undefined ? "" : `${auth.user}:${auth.password}@`}127.0.0.1:${address.port}`,
    port: address.port,
    mails,
    fail: (fault) => {
      faults.push({
        to: /^/,
        times: Number.POSITIVE_INFINITY,
        code: 450,
        at: "rcpt",
        delayMs: 0,
        ...fault,
      });
    },
    heal: () => void faults.splice(0),
    waitFor,
    waitForCount: async (count) => await waitFor((come) => come.length >= count),
    clear: () => void mails.splice(0),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function isMeant(to: string | RegExp, address: string): boolean {
  return typeof to === "string" ? to.toLowerCase() === address.toLowerCase() : to.test(address);
}

function smtpError(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}
