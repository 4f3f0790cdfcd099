import { z } from "zod";
import type { SandboxProvider } from "../../sandbox/provider.ts";
import { askForTokens, grantOf } from "../../src/connectors/token-endpoint.ts";
import { ConnectionRevoked, ProviderRejected } from "../../src/errors.ts";
import {
  createHttpClient,
  failureOfStatus,
  type HttpAnswer,
  type HttpClient,
} from "../../src/platform/http-client.ts";
import type { HttpTimeouts } from "../../src/platform/http-exchange.ts";
import type { OAuthProvider } from "../../src/platform/oauth.ts";
import { systemClock } from "../../src/platform/clock.ts";

// A provider that nobody has, under a name that somebody has: what all providers share is tried on it.

interface Note {
  id: string;
  text: string;
}

/** Keeps notes; a note with an id it knows is not made twice. */
export const toySandbox: SandboxProvider = {
  name: "toy",
  oauth: { accessMs: 3_600_000, codeMs: 300_000, refresh: "single-use" },
  settings: (url, { id, secret }) => ({ TOY_URL: url, TOY_CLIENT_ID: id, TOY_SECRET: secret }),
  create: ({ oauth, random, clock }) => {
    const notes = new Map<string, Note>();
    const unauthorized = { status: 401, body: { error: "invalid_token" } };
    return {
      readState: () => ({ notes: [...notes.values()] }),
      seed({ clients }) {
        for (let number = 1; number <= clients; number += 1) {
          const id = `seeded-${number}`;
          notes.set(id, { id, text: `note ${Math.floor(random() * 1_000_000)}` });
        }
      },
      routes: [
        {
          method: "GET",
          path: "/oauth/authorize",
          run: (request) => oauth.approve(request, { account: "toy-account" }),
        },
        {
          method: "POST",
          path: "/oauth/token",
          run(request) {
            const form = request.form();
            const client = {
              clientId: form.get("client_id"),
              clientSecret: form.get("client_secret"),
            };
            const given =
              form.get("grant_type") === "refresh_token"
                ? oauth.refresh({ ...client, refreshToken: form.get("refresh_token") })
                : oauth.exchange({
                    ...client,
                    code: form.get("code"),
                    redirectUri: form.get("redirect_uri"),
                    codeVerifier: form.get("code_verifier"),
                  });
            if ("error" in given) {
              return {
                status: given.error === "invalid_client" ? 401 : 400,
                body: { error: given.error, error_description: given.description },
              };
            }
            return {
              status: 200,
              body: {
                access_token: given.accessToken,
                token_type: "bearer",
                expires_in: given.expiresIn,
                refresh_token: given.refreshToken,
                scope: given.scope,
              },
            };
          },
        },
        {
          method: "POST",
          path: "/oauth/revoke",
          run: (request) => ({ status: oauth.revoke(request.form().get("token")) ? 200 : 404 }),
        },
        {
          method: "GET",
          path: "/notes/:id",
          run(request) {
            if (oauth.judge(request.bearer) !== "valid") return unauthorized;
            const note = notes.get(request.params["id"] ?? "");
            return note === undefined ? { status: 404, body: {} } : { status: 200, body: note };
          },
        },
        {
          method: "POST",
          path: "/notes",
          run(request) {
            if (oauth.judge(request.bearer) !== "valid") return unauthorized;
            const note = request.json() as Note;
            if (!notes.has(note.id)) notes.set(note.id, note);
            return { status: 201, body: { ...note, at: clock.now().toISOString() } };
          },
        },
      ],
    };
  },
};

const NoteAnswer = z.object({ id: z.string(), text: z.string() });

export interface Toy {
  oauth: OAuthProvider;
  http: HttpClient;
  makeNote: (accessToken: string, note: Note, signal: AbortSignal) => Promise<Note>;
  readNote: (accessToken: string, id: string, signal: AbortSignal) => Promise<Note>;
}

/** Our side of it. */
export function createToy({
  url,
  isReal = false,
  hasState = true,
  timeouts = {},
}: {
  url: string;
  isReal?: boolean;
  hasState?: boolean;
  timeouts?: Partial<HttpTimeouts>;
}): Toy {
  const http = createHttpClient({ name: "Toy", clock: systemClock, timeouts });
  const app = { clientId: "sandbox-client", clientSecret: "sandbox-secret" };
  const tokens = (fields: Record<string, string>, signal: AbortSignal, client = app) =>
    askForTokens(http, {
      url: `${url}/oauth/token`,
      app: client,
      clientIn: "body",
      fields,
      signal,
    });

  const ask = async (
    accessToken: string,
    request: { method: "GET" | "POST"; path: string; json?: unknown; signal: AbortSignal },
  ): Promise<Note> => {
    const { method, path, signal } = request;
    const answer = await http.send({
      method,
      url: `${url}${path}`,
      ...(request.json === undefined ? {} : { json: request.json }),
      headers: { authorization: `Bearer ${accessToken}` },
      signal,
    });
    const failure = failureOf(answer);
    if (failure !== undefined) throw failure;
    return answer.read(NoteAnswer);
  };

  return {
    http,
    makeNote: (accessToken, note, signal) =>
      ask(accessToken, { method: "POST", path: "/notes", json: note, signal }),
    readNote: (accessToken, id, signal) =>
      ask(accessToken, { method: "GET", path: `/notes/${id}`, signal }),
    oauth: {
      name: "slack",
      title: "Toy",
      app,
      usesCompanyApp: false,
      isReal,
      callbackPath: "/api/v1/integrations/slack/callback",
      hasState,
      usesPkce: true,
      scopes: ["notes"],
      authorizeUrl({ app: { clientId }, redirectUri, state, codeChallenge }) {
        const address = new URL(`${url}/oauth/authorize`);
        address.search = new URLSearchParams({
          client_id: clientId,
          redirect_uri: redirectUri,
          response_type: "code",
          scope: "notes",
          ...(hasState ? { state } : {}),
          code_challenge: codeChallenge ?? "",
          code_challenge_method: "S256",
        }).toString();
        return address;
      },
      async exchange({ app: client, code, redirectUri, codeVerifier, query, signal }) {
        const fields = {
          grant_type: "authorization_code",
          code,
          redirect_uri: redirectUri,
          code_verifier: codeVerifier ?? "",
        };
        return {
          ...grantOf(await tokens(fields, signal, client)),
          externalId: query["account"] ?? "",
          externalName: "Toy account",
        };
      },
      refresh: async ({ app: client, credentials, signal }) =>
        grantOf(
          await tokens(
            { grant_type: "refresh_token", refresh_token: credentials.refreshToken ?? "" },
            signal,
            client,
          ),
        ),
      async revoke({ credentials, signal }) {
        const answer = await http.send({
          method: "POST",
          url: `${url}/oauth/revoke`,
          form: { token: credentials.refreshToken ?? credentials.accessToken },
          signal,
        });
        const failure = failureOfStatus(answer, { waitMs: 1_000 });
        if (failure !== undefined) throw failure;
      },
      async check({ accessToken, signal }) {
        await ask(accessToken, {
          method: "POST",
          path: "/notes",
          json: { id: "check", text: "" },
          signal,
        });
        return { externalName: "Toy account" };
      },
    },
  };
}

function failureOf(answer: HttpAnswer): Error | undefined {
  const known = failureOfStatus(answer, { waitMs: 7_000 });
  if (known !== undefined || answer.status < 400) return known;
  if (answer.status === 401) return new ConnectionRevoked(`${answer.what}: refused`);
  return new ProviderRejected(`${answer.what}: status ${answer.status}`);
}
