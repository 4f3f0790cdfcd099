import { pino } from "pino";
import type { Sql } from "../../../src/db/client.ts";
import { startPlatform } from "../../support/platform.ts";
import { setup } from "../../support/setup.ts";
import type { ReceivedMail, TestSmtpServer } from "../../support/smtp-server.ts";
import { createAsk, type ApiSetup } from "../api/start-api.ts";

export interface People {
  sql: Sql;
  mail: TestSmtpServer;
  ask: ApiSetup["ask"];
  /** An account, with a company of its own when that has a name. */
  join: (email: string, company?: string) => Promise<Person>;
  /** Everybody's clock goes on from here, so much later. */
  wait: (ms: number) => void;
  logLines: string[];
}

export interface Person {
  token: string;
  userId: number;
  companyId: number;
}

export const PASSWORD = "correct horse battery";

/** The whole product with a mail server, and an app that links lead to unless told otherwise. */
export async function startPeople({ appUrl = "https://app.test" } = {}): Promise<People> {
  let lateMs = 0;
  const logLines: string[] = [];
  const log = pino({ level: "debug" }, { write: (line) => void logLines.push(line) });
  const platform = await startPlatform(await setup(), {
    clock: { now: () => new Date(Date.now() + lateMs) },
    ...(appUrl === "" ? {} : { appUrl }),
    log,
  });
  const ask = createAsk(platform.url);
  return {
    sql: platform.sql,
    mail: platform.mail,
    ask,
    async join(email, company) {
      const body = { name: email.split("@")[0], email, password: PASSWORD };
      const { body: registered } = await ask("POST", "/api/auth/register", { body });
      const person = { token: registered.token, userId: registered.data.id, companyId: 0 };
      if (company === undefined) return person;
      const { token } = person;
      const founded = await ask("POST", "/api/companies", { token, body: { name: company } });
      return { ...person, companyId: founded.body.data.id };
    },
    wait: (ms) => {
      lateMs += ms;
    },
    logLines,
  };
}

/** The one secret in a mail: at the end of its link, in it, or below "Code". */
export function secretIn(mail: ReceivedMail | undefined): string {
  const found = new Set(mail?.text.match(/\bnl[ir]_[\w-]{43}/g));
  if (found.size !== 1) throw new Error(`the mail holds ${found.size} secrets: ${mail?.text}`);
  return [...found][0] ?? "";
}

/** All that the database holds, as text; bytes as they are, and as hex. */
export async function dumpDatabase(sql: Sql): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace in ('public'::regnamespace) and relkind in ('r', 'p')
  `;
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await sql<
      { text: string }[]
    >`select to_jsonb(t)::text as text from ${sql(name)} t`;
    texts.push(...rows.map(({ text }) => text));
  }
  return texts.join("\n");
}
