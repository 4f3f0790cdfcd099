import { startApi } from "../../../src/api/main.ts";
import { openPlatform } from "../../../src/bootstrap.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { insertCompany, type CompanyRow } from "../../../src/db/companies.ts";
import { insertMember } from "../../../src/db/company-members.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { insertUser, setCurrentCompany } from "../../../src/db/users.ts";
import { hashPassword } from "../../../src/platform/passwords.ts";
import { setup, type TestSetup } from "../../support/setup.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QUICK_PASSWORDS } from "../../support/quick-passwords.ts";
import { openTestProviders } from "../../support/providers.ts";

export const PASSWORD = "correct horse battery";

export interface ConsoleSetup extends TestSetup {
  url: string;
  /** A browser of its own, with its cookies. */
  openBrowser: () => Browser;
  addPerson: (person: {
    email: string;
    company: string;
  }) => Promise<{ company: CompanyRow; userId: number }>;
}

/** The API with its console as a process serves it, on the backend this test run is about. */
export async function startConsole(
  settings: Record<string, string> = {},
  { isTimeTheTests = false }: { isTimeTheTests?: boolean } = {},
): Promise<ConsoleSetup> {
  const base = await setup();
  const dataDir = await mkdtemp(join(tmpdir(), "nightledger-console-"));
  base.defer(() => rm(dataDir, { recursive: true }));
  const config = loadConfig({
    DATABASE_URL: base.databaseUrl,
    QUEUE_URL: base.queueUrl,
    QUEUE_PREFIX: base.queuePrefix,
    DATA_DIR: dataDir,
    LOG_LEVEL: "silent",
    ...settings,
  });
  const platform = openPlatform({ config, name: "test" });
  base.defer(() => platform.close());
  const clock = isTimeTheTests ? base.clock : platform.clock;
  const api = await startApi(
    { ...platform, clock },
    {
      ports: [0],
      providers: openTestProviders(),
      graceMs: 500,
    },
  );
  base.defer(() => api.close());
  return {
    ...base,
    url: api.url,
    openBrowser: () => createBrowser(api.url),
    addPerson: ({ email, company: name }) =>
      inTransaction(base.sql, async (tx) => {
        const now = clock.now();
        const passwordHash = await hashPassword(PASSWORD, QUICK_PASSWORDS);
        const user = await insertUser(tx, { name: "Pat", email, passwordHash, now });
        if (user === undefined) throw new Error(`${email} is taken`);
        const company = await insertCompany(tx, { name, plan: "enterprise", now });
        await insertMember(tx, { companyId: company.id, userId: user.id, role: "owner" });
        await setCurrentCompany(tx, { userId: user.id, companyId: company.id, now });
        return { company, userId: user.id };
      }),
  };
}

export interface Page {
  status: number;
  headers: Headers;
  text: string;
}

export interface Browser {
  cookies: Map<string, string>;
  visit: (path: string, options?: RequestInit) => Promise<Page>;
  /** Sends a form, with the hidden token of the page it stands on. */
  send: (page: string, action: string, fields: Record<string, string>) => Promise<Page>;
  signIn: (fields: Record<string, string>) => Promise<Page>;
}

function createBrowser(url: string): Browser {
  const cookies = new Map<string, string>();
  async function visit(path: string, options: RequestInit = {}): Promise<Page> {
    const headers = new Headers(options.headers);
    if (!headers.has("accept")) headers.set("accept", "text/html,*/*");
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(`${url}${path}`, { ...options, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
  async function send(page: string, action: string, fields: Record<string, string>): Promise<Page> {
    const { text } = await visit(page);
    const token = /name="form_token" value="([^"]+)"/.exec(text)?.[1] ?? "";
    const body = new URLSearchParams({ form_token: token, ...fields });
    return await visit(action, { method: "POST", body });
  }
  return {
    cookies,
    visit,
    send,
    signIn: (fields) => send("/console/sign-in", "/console/sign-in", fields),
  };
}
