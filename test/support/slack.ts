import type { SandboxChannel } from "../../sandbox/slack/channels.ts";
import type { ServerOptions } from "../../sandbox/server.ts";
import { findSpec } from "./shared-data.ts";
import { createSpecChecker } from "./spec-checker.ts";
import { objectOf, type Schema } from "./spec-operations.ts";

/** What the sandbox holds. */
export interface SlackState {
  channels: (Omit<SandboxChannel, "messages"> & {
    messages: {
      ts: string;
      text: string;
      // oxlint-disable-next-line typescript/no-explicit-any -- looked into freely
      blocks: any[];
      metadata: { event_type: string; event_payload: { key: string } };
    }[];
  })[];
}

/**
 * Judges exchanges by Slack's own document of 2021, and by what its pages say now of each method: its
 * arguments and its refusals. Undefined where they are not at hand.
 */
export async function slackCheck(): Promise<ServerOptions["check"]> {
  const document = await findSpec("specs/slack/slack_web_openapi_v2.json");
  if (document === undefined) return undefined;
  const byDocument = createSpecChecker({
    document: withForms(document),
    ignores: /authorize|oauth\.v2|conversations\.(archive|unarchive|kick)/,
    // The document is older than metadata, and than the words of status 429; a channel nobody wrote in
    // has no messages.
    excuses: /metadata|channel_actions_ts|answer 200\.messages: Too small|pin_count|is_mpim/,
  });
  const methods = await Promise.all(
    [
      "auth.test",
      "auth.revoke",
      "conversations.info",
      "conversations.join",
      "conversations.list",
      "chat.postMessage",
      "oauth.v2.access",
    ].map(
      async (name) => [name, objectOf(await findSpec(`specs/slack/methods/${name}.json`))] as const,
    ),
  );
  const pages = new Map(methods);
  return (exchange) => {
    const { request, answer } = exchange;
    const method = request.path.replace("/api/", "");
    const refused = objectOf(answer.body)["ok"] === false;
    const page = pages.get(method);
    return [
      ...(refused ? [] : byDocument(exchange)),
      ...(page === undefined ? [] : judgeByPage(page, request.form(), answer.body)).map(
        (problem) => `${method}: ${problem}`,
      ),
    ];
  };
}

/** Words that Slack says although its pages leave them out. */
const UNLISTED = ["invalid_auth", "internal_error", "msg_too_long", "channel_not_found"];

function judgeByPage(page: Schema, form: URLSearchParams, body: unknown): string[] {
  const args = objectOf(page["args"]);
  const missing = Object.entries(args)
    .filter(([name, arg]) => objectOf(arg)["required"] === true && !form.has(name))
    // A refresh has other arguments than the page says are required.
    .filter(([name]) => name !== "code" || form.get("grant_type") !== "refresh_token");
  const unknown = [...form.keys()].filter((name) => !(name in args));
  const error = objectOf(body)["error"];
  const isKnown =
    typeof error !== "string" || error in objectOf(page["errors"]) || UNLISTED.includes(error);
  return [
    ...missing.map(([name]) => `${name} is missing`),
    ...unknown.map((name) => `there is no argument ${name}`),
    ...(isKnown ? [] : [`the page knows no error ${error}`]),
  ];
}

/** Every method takes a form by POST, also those that the document has with GET and a query. */
function withForms(document: unknown): Schema {
  const root = objectOf(document);
  const paths = Object.entries(objectOf(root["paths"])).map(([path, item]) => {
    const { get, post } = objectOf(item);
    const operation = objectOf(post ?? get);
    const given = Array.isArray(operation["parameters"]) ? operation["parameters"] : [];
    const parameters = given
      .map(objectOf)
      .filter(({ name }) => name !== "token")
      .map((parameter) => ({ ...parameter, in: "formData" }));
    return [path, { post: { ...operation, parameters } }];
  });
  return { ...root, paths: Object.fromEntries(paths) as unknown };
}
