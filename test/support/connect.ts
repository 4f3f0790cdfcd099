/** What a browser brings back from a provider's page. */
export interface WayBack {
  /** Below the API's address, with the query. */
  path: string;
  cookie: string;
  /** Where the provider's page was. */
  authorizeUrl: URL;
}

type Ask = (
  method: string,
  path: string,
  options: { token?: string; headers?: Record<string, string> },
) => Promise<{ status: number; headers: Headers }>;

/** Goes to a provider's page as a browser does, where somebody agrees at once. */
export async function goToProvider(
  ask: Ask,
  { token, connectPath }: { token: string; connectPath: string },
): Promise<WayBack> {
  const begun = await ask("GET", connectPath, { token });
  if (begun.status !== 302) throw new Error(`${connectPath} answered ${begun.status}`);
  const authorizeUrl = new URL(begun.headers.get("location") ?? "");
  const page = await fetch(authorizeUrl, { redirect: "manual" });
  await page.arrayBuffer();
  const back = new URL(page.headers.get("location") ?? "");
  return {
    path: `${back.pathname}${back.search}`,
    cookie: (begun.headers.get("set-cookie") ?? "").split(";")[0] ?? "",
    authorizeUrl,
  };
}

/** Connects a company over the API, and answers where the person was sent at last. */
export async function connectOverApi(
  ask: Ask,
  { token, connectPath }: { token: string; connectPath: string },
): Promise<URL> {
  const { path, cookie } = await goToProvider(ask, { token, connectPath });
  const ended = await ask("GET", path, { headers: { cookie } });
  if (ended.status !== 302) throw new Error(`${path} answered ${ended.status}`);
  return new URL(ended.headers.get("location") ?? "");
}
