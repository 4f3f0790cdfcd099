import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/**
 * What the server says at each step. "drop" closes the connection, "silence" says nothing at all,
 * "chatter" says that the answer is coming, again and again.
 */
export interface SmtpScript {
  greeting?: string;
  extensions?: string[];
  auth?: string;
  mailFrom?: string;
  rcptTo?: (address: string) => string;
  data?: string;
  /** After this many bytes of the body, before its end. */
  midBody?: { bytes: number; reply: string };
  /** The answer to the final dot; a function is told how often it was asked before. */
  atEnd?: string | ((before: number) => string);
  /** Said to a second MAIL FROM of one session, e.g. "drop": a session that went stale. */
  secondMail?: string;
}

export interface ScriptedSmtp {
  url: string;
  /** Mails whose final dot arrived, as they were on the wire, dots still stuffed. */
  mails: { from: string; to: string[]; wire: string }[];
  /** Everything worth ordering: "connect", "MAIL", "RCPT", "DATA", "end of mail", "QUIT". */
  log: string[];
  connections: number;
  /** Resolves when `log` holds the entry. */
  until(entry: string): Promise<void>;
  /** Cuts every open connection. */
  dropAll(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** An SMTP server that does exactly as told, so that a test knows to the byte when it went wrong. */
export async function scriptedSmtp(script: SmtpScript = {}): Promise<ScriptedSmtp> {
  const sockets = new Set<Socket>();
  const waiting: { entry: string; resolve: () => void }[] = [];
  const state: ScriptedSmtp = {
    url: "",
    mails: [],
    log: [],
    connections: 0,
    until: async (entry) => {
      if (state.log.includes(entry)) return;
      await new Promise<void>((resolve) => waiting.push({ entry, resolve }));
    },
    dropAll: () => {
      for (const socket of sockets) socket.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      state.dropAll();
      server.close();
      await once(server, "close");
    },
  };
  const note = (entry: string) => {
    state.log.push(entry);
    for (const waiter of waiting.filter((each) => each.entry === entry)) waiter.resolve();
  };

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    state.connections += 1;
    note("connect");
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    const say = (reply: string) => {
      if (reply === "drop") {
        socket.destroy();
      } else if (reply === "chatter") {
        const chatter = setInterval(() => socket.write("250-one moment\r\n"), 10);
        socket.on("close", () => clearInterval(chatter));
      } else if (reply !== "silence") socket.write(`${reply}\r\n`);
    };
    let received = "";
    let body: string | undefined;
    let isMidBodySaid = false;
    let mailsBegun = 0;
    let mail = { from: "", to: [] as string[] };

    say(script.greeting ?? "220 test ESMTP");
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      for (;;) {
        if (body !== undefined) {
          body += received;
          received = "";
          if (script.midBody && !isMidBodySaid && body.length >= script.midBody.bytes) {
            isMidBodySaid = true;
            note("middle of mail");
            say(script.midBody.reply);
          }
          const end = body.startsWith(".\r\n") ? -2 : body.indexOf("\r\n.\r\n");
          if (end === -1) return;
          received = body.slice(end + 5);
          note("end of mail");
          const { atEnd = "250 2.0.0 Ok: queued as 42" } = script;
          const reply = typeof atEnd === "string" ? atEnd : atEnd(state.mails.length);
          state.mails.push({ ...mail, wire: body.slice(0, end + 2) });
          body = undefined;
          say(reply);
        } else {
          const end = received.indexOf("\r\n");
          if (end === -1) return;
          const line = received.slice(0, end);
          received = received.slice(end + 2);
          note(line.split(/[ :]/, 1)[0] ?? "");
          if (line.startsWith("EHLO")) {
            const lines = ["test", ...(script.extensions ?? [])];
            say(
              lines
                .map((each, at) => `250${at === lines.length - 1 ? " " : "-"}${each}`)
                .join("\r\n"),
            );
          } else if (line.startsWith("AUTH")) {
            say(script.auth ?? "235 2.7.0 Welcome");
          } else if (line.startsWith("MAIL")) {
            mailsBegun += 1;
            mail = { from: /<(.*)>/.exec(line)?.[1] ?? "", to: [] };
            say(
              (mailsBegun > 1 ? script.secondMail : undefined) ?? script.mailFrom ?? "250 2.1.0 Ok",
            );
          } else if (line.startsWith("RCPT")) {
            const address = /<(.*)>/.exec(line)?.[1] ?? "";
            const reply = script.rcptTo?.(address) ?? "250 2.1.5 Ok";
            if (reply.startsWith("2")) mail.to.push(address);
            say(reply);
          } else if (line === "DATA") {
            const reply =
              mail.to.length === 0 ? "554 no valid recipients" : (script.data ?? "354 Go on");
            say(reply);
            if (reply.startsWith("354")) body = "";
          } else if (line === "QUIT") {
            socket.end("221 Bye\r\n");
          } else {
            say("502 5.5.1 Not known here");
          }
        }
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  state.url = `smtp://127.0.0.1:${address.port}`;
  return state;
}
