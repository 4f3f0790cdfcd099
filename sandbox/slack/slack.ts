import type { SandboxAnswer, SandboxProvider, SandboxRequest, World } from "../provider.ts";
import { judgeBlocks, parse } from "./blocks.ts";
import { createChannels, presentChannel, type SandboxChannel } from "./channels.ts";

const TEAM = { id: "T0SANDBOX1", name: "Acme Corp" };
const BOT = { user: "U0NIGHTLY01", bot: "B0NIGHTLY01" };
const PAGE_MAX = 1_000;

type Method = (form: URLSearchParams, request: SandboxRequest) => SandboxAnswer;

/**
 * Slack's Web API, as far as a bot that posts needs it. Nearly everything is answered with status 200,
 * refusals too. With token rotation: access ends after twelve hours, a refresh token works once.
 */
export const slackSandbox: SandboxProvider = {
  name: "slack",
  oauth: { accessMs: 43_200_000, codeMs: 600_000, refresh: "single-use" },
  settings: (url, { id, secret }) => ({
    SLACK_URL: url,
    SLACK_CLIENT_ID: id,
    SLACK_CLIENT_SECRET: secret,
  }),
  create(world) {
    const workspace = createChannels(world);
    const { trade, scopesOf } = createGrants(world);
    const methods = methodsOf(world, workspace);
    return {
      routes: [
        {
          method: "GET",
          path: "/oauth/v2/authorize",
          run: (request) => world.oauth.approve(request),
        },
        {
          method: "POST",
          path: "/api/:method",
          run(request) {
            const name = request.params["method"] ?? "";
            const form = request.form();
            if (name === "oauth.v2.access") return trade(form);
            const ofPerson = personMethods[name];
            if (ofPerson !== undefined && request.bearer === world.oauth.client.secret) {
              return ofPerson(workspace.channels.find(({ id }) => id === form.get("channel")));
            }
            const known = methods[name];
            if (known === undefined) return refusal("unknown_method");
            return (
              judge(world, request) ??
              lacking(known.scopes, scopesOf(request)) ??
              known.run(form, request)
            );
          },
        },
      ],
      readState: () => ({ channels: workspace.channels }),
    };
  },
};

/** What somebody does in Slack itself, with the client's secret for a token: no app may do it here. */
const personMethods: Readonly<
  Record<string, (channel: SandboxChannel | undefined) => SandboxAnswer>
> = {
  "conversations.archive": (channel) => change(channel, { isArchived: true }),
  "conversations.unarchive": (channel) => change(channel, { isArchived: false }),
  "conversations.kick": (channel) => change(channel, { isMember: false }),
};

function change(
  channel: SandboxChannel | undefined,
  changes: Partial<SandboxChannel>,
): SandboxAnswer {
  if (channel === undefined) return refusal("channel_not_found");
  Object.assign(channel, changes);
  return answer({});
}

/** Codes and refresh tokens, and what the tokens given for them allow. */
function createGrants({ oauth }: World) {
  const scopes = new Map<string, string>();
  return {
    scopesOf: ({ bearer }: SandboxRequest) => (scopes.get(bearer ?? "") ?? "").split(","),
    trade: (form: URLSearchParams): SandboxAnswer => {
      const client = { clientId: form.get("client_id"), clientSecret: form.get("client_secret") };
      const isRefresh = form.get("grant_type") === "refresh_token";
      const given = isRefresh
        ? oauth.refresh({ ...client, refreshToken: form.get("refresh_token") })
        : oauth.exchange({
            ...client,
            code: form.get("code"),
            redirectUri: form.get("redirect_uri"),
          });
      if ("error" in given) {
        if (given.error === "invalid_client") return refusal("bad_client_secret");
        return refusal(isRefresh ? "invalid_refresh_token" : "invalid_code");
      }
      scopes.set(given.accessToken, given.scope);
      return answer({
        access_token: given.accessToken,
        token_type: "bot",
        scope: given.scope,
        bot_user_id: BOT.user,
        app_id: "A0NIGHTLY01",
        team: TEAM,
        enterprise: null,
        authed_user: { id: "U0OWNER001" },
        is_enterprise_install: false,
        ...(given.refreshToken === null
          ? {}
          : { refresh_token: given.refreshToken, expires_in: given.expiresIn }),
      });
    },
  };
}

function judge({ oauth }: World, { bearer }: SandboxRequest): SandboxAnswer | undefined {
  if (bearer === undefined) return refusal("not_authed");
  const verdict = oauth.judge(bearer);
  if (verdict === "valid") return undefined;
  return refusal(verdict === "expired" ? "token_expired" : "invalid_auth");
}

/** Refused unless one of the scopes was granted. */
function lacking(
  needed: readonly string[],
  provided: readonly string[],
): SandboxAnswer | undefined {
  if (needed.length === 0 || needed.some((scope) => provided.includes(scope))) return undefined;
  return refusal("missing_scope", { needed: needed.join(","), provided: provided.join(",") });
}

function methodsOf(
  { oauth }: World,
  workspace: ReturnType<typeof createChannels>,
): Readonly<Record<string, { scopes: readonly string[]; run: Method }>> {
  const { channels, find, takeTurn, post } = workspace;
  return {
    "auth.test": {
      scopes: [],
      run: () =>
        answer({
          url: "https://acme.slack.com/",
          team: TEAM.name,
          user: "nightledger",
          team_id: TEAM.id,
          user_id: BOT.user,
          bot_id: BOT.bot,
          is_enterprise_install: false,
        }),
    },
    "auth.revoke": {
      scopes: [],
      run: (_form, { bearer }) => answer({ revoked: oauth.revoke(bearer ?? null) }),
    },
    "conversations.list": {
      scopes: ["channels:read", "groups:read"],
      run(form) {
        const types = (form.get("types") ?? "public_channel").split(",");
        const isShown = (at: SandboxChannel) =>
          find(at.id) !== undefined &&
          types.includes(at.isPrivate ? "private_channel" : "public_channel") &&
          !(form.get("exclude_archived") === "true" && at.isArchived);
        return paged("channels", channels.filter(isShown).map(presentChannel), form);
      },
    },
    "conversations.info": {
      scopes: ["channels:read", "groups:read"],
      run(form) {
        const at = find(form.get("channel"));
        return at === undefined
          ? refusal("channel_not_found")
          : answer({ channel: presentChannel(at) });
      },
    },
    "conversations.join": {
      scopes: ["channels:join"],
      run(form) {
        const at = find(form.get("channel"));
        if (at === undefined) return refusal("channel_not_found");
        if (at.isPrivate) return refusal("method_not_supported_for_channel_type");
        if (at.isArchived) return refusal("is_archived");
        const wasMember = at.isMember;
        at.isMember = true;
        const warning = wasMember
          ? {
              warning: "already_in_channel",
              response_metadata: { warnings: ["already_in_channel"] },
            }
          : {};
        return answer({ channel: presentChannel(at), ...warning });
      },
    },
    "conversations.history": {
      scopes: ["channels:history", "groups:history"],
      run(form) {
        const at = find(form.get("channel"));
        if (at === undefined) return refusal("channel_not_found");
        if (!at.isMember) return refusal("not_in_channel");
        const oldest = Number(form.get("oldest") ?? 0);
        const withMetadata = form.get("include_all_metadata") === "true";
        const messages = at.messages
          .filter(({ ts }) => Number(ts) > oldest)
          .toReversed()
          .map(({ metadata, ...message }) => ({
            type: "message",
            user: BOT.user,
            bot_id: BOT.bot,
            team: TEAM.id,
            ...message,
            ...(withMetadata && metadata !== undefined ? { metadata } : {}),
          }));
        return paged("messages", messages, form, { pin_count: 0, channel_actions_count: 0 });
      },
    },
    "chat.postMessage": {
      scopes: ["chat:write"],
      run(form) {
        const at = find(form.get("channel"));
        if (at === undefined) return refusal("channel_not_found");
        if (at.isArchived) return refusal("is_archived");
        if (!at.isMember) return refusal("not_in_channel");
        const [text, blocks] = [form.get("text") ?? "", form.get("blocks")];
        if (text === "" && blocks === null) return refusal("no_text");
        if (text.length > 40_000) return refusal("msg_too_long");
        const problem = judgeBlocks(blocks);
        if (problem !== undefined) {
          const { error, messages } = problem;
          return refusal(error, { response_metadata: { messages } });
        }
        const metadata = parse(form.get("metadata") ?? "null") ?? undefined;
        if (metadata !== undefined && !isMetadata(metadata)) {
          return refusal("invalid_metadata_format");
        }
        const waitSeconds = takeTurn(at);
        if (waitSeconds !== undefined) {
          return {
            ...refusal("ratelimited"),
            status: 429,
            headers: { "retry-after": String(waitSeconds) },
          };
        }
        const posted = post(at, { text, blocks: parse(blocks ?? "[]"), metadata });
        const message = { type: "message", user: BOT.user, bot_id: BOT.bot, team: TEAM.id };
        return answer({
          channel: at.id,
          ts: posted.ts,
          message: { ...message, text, ts: posted.ts },
        });
      },
    },
  };
}

function isMetadata(given: unknown): boolean {
  return (
    typeof given === "object" && given !== null && "event_type" in given && "event_payload" in given
  );
}

function answer(body: Record<string, unknown>): SandboxAnswer {
  return { status: 200, body: { ok: true, ...body } };
}

function refusal(error: string, more: Record<string, unknown> = {}): SandboxAnswer {
  return { status: 200, body: { ok: false, error, ...more } };
}

/** One page; the cursor is where the next one begins. */
function paged(
  name: string,
  all: readonly unknown[],
  form: URLSearchParams,
  more: Record<string, unknown> = {},
): SandboxAnswer {
  const limit = Number(form.get("limit") ?? 100);
  if (!(limit >= 1 && limit <= PAGE_MAX)) return refusal("invalid_limit");
  const start = Number(form.get("cursor") ?? 0);
  if (!Number.isInteger(start)) return refusal("invalid_cursor");
  const isMore = start + limit < all.length;
  return answer({
    [name]: all.slice(start, start + limit),
    ...(name === "messages" ? { has_more: isMore } : {}),
    ...more,
    response_metadata: { next_cursor: isMore ? String(start + limit) : "" },
  });
}
