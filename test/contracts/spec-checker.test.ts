import { expect, test } from "vitest";
import { describeRequest } from "../../sandbox/routing.ts";
import { createSpecChecker } from "../support/spec-checker.ts";
import { readContract } from "../support/spec-operations.ts";
import { describeWithData, findSpec } from "../support/shared-data.ts";

interface Asked {
  method?: string;
  path: string;
  query?: string;
  type?: string;
  body?: string;
  status?: number;
  answer?: unknown;
}

function exchange({
  method = "GET",
  path,
  query = "",
  type,
  body = "",
  status = 200,
  answer,
}: Asked) {
  const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
  return {
    request: describeRequest({ method, path, query: new URLSearchParams(query), headers, body }),
    answer: { status, body: answer },
  };
}

const JSON_TYPE = "application/json";
const FORM = "application/x-www-form-urlencoded";

test("an OpenAPI document judges parameters, bodies and answers", () => {
  const check = createSpecChecker({
    prefix: "/api",
    ignores: /^POST \/oauth/,
    document: {
      openapi: "3.0.0",
      paths: {
        "/things/{id}": {
          get: {
            parameters: [
              { name: "id", in: "path", required: true, schema: { type: "string" } },
              { name: "page", in: "query", schema: { type: "integer", minimum: 1 } },
              { name: "search", in: "query", style: "deepObject", schema: { type: "object" } },
            ],
            responses: {
              200: {
                content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } },
              },
            },
          },
        },
        "/things": {
          post: {
            requestBody: {
              content: {
                "application/x-www-form-urlencoded": {
                  schema: {
                    type: "object",
                    required: ["name"],
                    additionalProperties: false,
                    properties: {
                      name: { type: "string" },
                      lines: {
                        type: "array",
                        items: {
                          type: "object",
                          required: ["n"],
                          properties: { n: { type: "integer" } },
                        },
                      },
                    },
                  },
                },
              },
            },
            responses: {},
          },
        },
      },
      components: {
        schemas: {
          Thing: {
            type: "object",
            required: ["id", "parent"],
            properties: {
              id: { type: "string" },
              parent: { nullable: true, allOf: [{ $ref: "#/components/schemas/Thing" }] },
            },
          },
        },
      },
    },
  });
  const get = (asked: Omit<Asked, "path">) => check(exchange({ path: "/api/things/7", ...asked }));
  expect(get({ query: "page=2&search[a]=b", answer: { id: "7", parent: null } })).toEqual([]);
  expect(get({ answer: { id: "7", parent: { id: "6", parent: null } } })).toEqual([]);
  expect(get({ query: "page=0&color=red", answer: { id: 7 } })).toEqual([
    expect.stringContaining("page.: Too small"),
    "GET /api/things/7: the query has an unknown color",
    expect.stringContaining("answer 200.id"),
    expect.stringContaining("answer 200.parent"),
  ]);
  const post = (body: string, type = FORM) =>
    check(exchange({ method: "POST", path: "/api/things", body, type }));
  expect(post("name=a&lines[0][n]=1&lines[1][n]=2")).toEqual([]);
  expect(post("name=a&lines[0][n]=x&more=1")).toHaveLength(2);
  expect(post("{}", JSON_TYPE)).toEqual([
    "POST /api/things: the contract knows no body of type application/json",
  ]);
  expect(check(exchange({ path: "/api/others" }))).toEqual([
    "GET /api/others: the contract has no such operation",
  ]);
  expect(check(exchange({ method: "POST", path: "/oauth/token" }))).toEqual([]);
});

describeWithData("specs/google/calendar.v3.discovery.json", () => {
  test("judges calendars", async () => {
    const check = createSpecChecker({
      document: await findSpec("specs/google/calendar.v3.discovery.json"),
    });
    const path = "/calendar/v3/calendars/primary/events";
    expect(
      check(exchange({ path, query: "syncToken=a&singleEvents=true&maxResults=250" })),
    ).toEqual([]);
    expect(check(exchange({ path, query: "syncTokens=a" }))).toHaveLength(1);
    const insert = (event: unknown) =>
      check(
        exchange({
          method: "POST",
          path,
          type: JSON_TYPE,
          body: JSON.stringify(event),
          answer: event,
        }),
      );
    expect(insert({ id: "abc", start: { dateTime: "2026-01-01T10:00:00Z" } })).toEqual([]);
    expect(insert({ id: 7 })).toHaveLength(2);
  });
});

describeWithData("specs/slack/slack_web_openapi_v2.json", () => {
  test("judges messages", async () => {
    const check = createSpecChecker({
      document: await findSpec("specs/slack/slack_web_openapi_v2.json"),
    });
    const post = (body: string) =>
      check(exchange({ method: "POST", path: "/api/chat.postMessage", type: FORM, body }));
    expect(post("channel=C1&text=hello&mrkdwn=false")).toEqual([]);
    expect(post("text=hello")).toEqual([expect.stringContaining("body.channel")]);
  });
});

describeWithData("specs/stripe/openapi.subset.2023-08-16.json", () => {
  test("judges refunds", async () => {
    const check = createSpecChecker({
      document: await findSpec("specs/stripe/openapi.subset.2023-08-16.json"),
    });
    const post = (body: string) =>
      check(exchange({ method: "POST", path: "/v1/refunds", type: FORM, body, status: 599 }));
    expect(post("payment_intent=pi_1&amount=100&metadata[invoice]=7")).toEqual([]);
    expect(post("payment_intent=pi_1&amount=much&colour=red")).not.toEqual([]);
  });
});

for (const file of [
  "specs/freshbooks/openapi.community-live-verified.2026-06.yaml",
  "specs/quickbooks/openapi.ballerina.yaml",
]) {
  describeWithData(file, () => {
    test("can be read", async () => {
      const { operations, defs } = readContract(await findSpec(file));
      expect(operations.length).toBeGreaterThan(10);
      expect(Object.keys(defs).length).toBeGreaterThan(5);
    });
  });
}
