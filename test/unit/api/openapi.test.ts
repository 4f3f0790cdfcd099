import { expect, test } from "vitest";
import { describeApi } from "../../../src/api/openapi.ts";
import { routes } from "../../../src/api/routes/registry.ts";

interface Operation {
  operationId: string;
  parameters: { name?: string; in?: string; $ref?: string }[];
  responses: Record<string, unknown>;
  requestBody?: unknown;
  security: unknown[];
}

// What describeApi returns is plain JSON; the test looks at a few of its parts.
const document: {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
} = JSON.parse(JSON.stringify(describeApi(routes)));
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

test("every operation is described once, under a name of its own", () => {
  const expected = routes.reduce((sum, route) => sum + (route.alsoPatch ? 2 : 1), 0);
  expect(document.openapi).toBe("3.1.0");
  expect(operations).toHaveLength(expected);
  expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(expected);
});

test("every reference leads somewhere", () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
    (match) => match[1],
  );
  expect(refs.length).toBeGreaterThan(100);
  for (const ref of new Set(refs)) {
    const [start, components, kind = "", name = ""] = (ref ?? "").split("/");
    expect([ref, start, components]).toEqual([ref, "#", "components"]);
    expect(document.components[kind]).toHaveProperty([name]);
  }
});

test("a file is a part of a form, of the kinds it may be; a download says its digest", () => {
  const upload = operations.find(({ operationId }) =>
    operationId.startsWith("postExpensesByIdReceipt"),
  );
  expect(upload?.requestBody).toMatchObject({
    required: true,
    content: {
      "multipart/form-data": {
        schema: { required: ["receipt"], additionalProperties: false },
        encoding: {
          receipt: { contentType: "image/jpeg, image/png, image/gif, image/webp, application/pdf" },
        },
      },
    },
  });
  const download = operations.find(({ operationId }) =>
    operationId.startsWith("getExpensesByIdReceipt"),
  );
  expect(download?.responses).toMatchObject({
    200: {
      headers: { "Repr-Digest": {}, "x-billabled-export-sha256": {}, "Content-Disposition": {} },
      content: { "image/webp": {}, "application/pdf": {} },
    },
  });
});

test("every parameter of a path is described, and every answer has its errors", () => {
  for (const { path, method, parameters, responses, requestBody } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const described = parameters
      .filter(({ in: where }) => where === "path")
      .map(({ name }) => name);
    expect([path, described]).toEqual([path, named]);
    const statuses = Object.keys(responses);
    expect(statuses).toEqual(expect.arrayContaining(["429", "500"]));
    expect([method, path, statuses.some((status) => status < "400")]).toEqual([method, path, true]);
    const ofBodies = requestBody === undefined ? [] : ["400", "413", "415", "422"];
    expect([path, statuses]).toEqual([path, expect.arrayContaining(ofBodies)]);
  }
});

/** Any part of the document; lists are parts with numbers for names. */
interface Part {
  [name: string]: Part | string | undefined;
}

function partsOf(part: Part): [name: string, part: Part][] {
  return Object.entries(part).flatMap(([name, inner]) =>
    typeof inner === "object" && inner !== null ? [[name, inner]] : [],
  );
}

const MONEY =
  /(^|_)(amount|subtotal|total|balance|fee|fees|price|paid|credited|collected|invoiced|outstanding|profit|refundable)(_1|_2|_due|_paid|_refunded|_collected|_by_currency)?$|^(discount_value|late_fee_value|hourly_rate|default_hourly_rate|default_rate)$/;
const RATE = /(^|_)(tax_rate|cap_rate|rate)(_1|_2)?$/;

test("every amount and every rate says its unit", () => {
  const silent = new Set<string>();
  const isNumber = (schema: Part): boolean =>
    schema["type"] === "integer" ||
    schema["type"] === "number" ||
    partsOf(schema).some(([, part]) => isNumber(part));
  const saysUnit = (schema: Part): boolean => {
    const { description } = schema;
    const text = typeof description === "string" ? description : "";
    return (
      /minor unit|basis point|per cent/i.test(text) ||
      partsOf(schema).some(([, part]) => saysUnit(part))
    );
  };
  const look = (part: Part, where: string): void => {
    const { properties } = part;
    if (typeof properties === "object") {
      for (const [name, property] of partsOf(properties)) {
        // Pages of a list have a total that is counted.
        const isCount = name === "total" && "last_page" in properties;
        const isPrice = name === "unit_price";
        const hasUnit = isPrice || ((MONEY.test(name) || RATE.test(name)) && isNumber(property));
        if (hasUnit && !isCount && !saysUnit(property)) silent.add(`${where}: ${name}`);
      }
    }
    for (const [name, inner] of partsOf(part)) look(inner, `${where}/${name}`);
  };
  look(JSON.parse(JSON.stringify(document)), "");
  expect([...silent]).toEqual([]);
});
