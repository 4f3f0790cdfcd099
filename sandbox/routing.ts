import type { SandboxRequest, SandboxRoute } from "./provider.ts";

/** The route of a request, and what stands for the names in its path. The first one that fits. */
export function findRoute(
  routes: readonly SandboxRoute[],
  { method, path }: { method: string; path: string },
): { route: SandboxRoute; params: Record<string, string> } | undefined {
  for (const route of routes) {
    if (route.method.toUpperCase() !== method) continue;
    const params = matchPath(route.path, path);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part === "*") return { ...params, rest: given.slice(index).join("/") };
    const value = given[index];
    if (value === undefined) return undefined;
    if (part.startsWith(":")) params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return given.length === wanted.length ? params : undefined;
}

/** A request's parts, read when they are asked for. */
export function describeRequest(given: {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
}): SandboxRequest {
  const { headers, body } = given;
  return {
    ...given,
    params: {},
    json() {
      try {
        return JSON.parse(body);
      } catch {
        return undefined;
      }
    },
    form: () => readForm(headers["content-type"] ?? "", body),
    bearer: /^Bearer (\S+)$/i.exec(headers["authorization"] ?? "")?.[1],
  };
}

function readForm(contentType: string, body: string): URLSearchParams {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) return new URLSearchParams(body);
  const form = new URLSearchParams();
  for (const part of body.split(`--${boundary}`)) {
    const field = /name="([^"]*)"[^]*?\r\n\r\n([^]*?)\r\n$/.exec(part);
    if (field?.[1] !== undefined) form.append(field[1], field[2] ?? "");
  }
  return form;
}
