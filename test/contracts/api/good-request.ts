import type { Ask, Reply } from "../../integration/api/start-api.ts";
import { formOf, picture } from "../../support/files.ts";
import type { DescribedOperation, Schema } from "./described-operations.ts";
import { fieldsNeededBy, knownValue } from "./field-recipes.ts";
import { arrange, callers } from "./arrange.ts";
import type { Made, World } from "./world.ts";

/** A request that works, with what is required and nothing more. */
export interface GoodRequest {
  /** With the query. */
  address: string;
  records: Made[];
  body: Record<string, unknown> | FormData | undefined;
  /** Who asks: the owner of the world, but for what would lock the owner out. */
  token: string;
}

/** Makes what an operation needs, and a request of it that works. */
export async function goodRequest(
  world: World,
  operation: DescribedOperation,
): Promise<GoodRequest> {
  const { address, records } = await arrange(world, operation);
  const query = new URLSearchParams();
  for (const { name, schema } of operation.query.filter(({ required }) => required)) {
    query.set(name, String(await goodValue(world, operation.name, { name, schema, records })));
  }
  const text = query.size === 0 ? "" : `?${query.toString()}`;
  const body =
    operation.body === undefined
      ? await goodUpload(operation)
      : await goodObject(world, operation.name, {
          schema: withNeeded(operation.body, fieldsNeededBy(operation.name)),
          records,
        });
  const { token } = (await callers[operation.name]?.(world)) ?? world;
  return { address: `${address}${text}`, records, body, token };
}

function withNeeded(schema: Schema, names: readonly string[]): Schema {
  const known = names.filter((name) => schema.properties?.[name] !== undefined);
  return { ...schema, required: [...new Set([...(schema.required ?? []), ...known])] };
}

/** The JSON that was to be sent; nothing where it is a form. */
export function jsonOf({ body }: GoodRequest): Record<string, unknown> {
  return body instanceof FormData ? {} : (body ?? {});
}

/** A form with a picture, for an operation that takes a file. */
export async function goodUpload({
  route: { upload },
}: Pick<DescribedOperation, "route">): Promise<FormData | undefined> {
  return upload === undefined ? undefined : formOf(upload.field, await picture("png"));
}

/** Asks what was prepared, in the world it was prepared in. */
export async function ask(
  world: World,
  { method }: DescribedOperation,
  { address, body, token }: GoodRequest,
  options?: Ask,
): Promise<Reply> {
  return await world.call(method, address, body, { token, ...options });
}

async function goodObject(
  world: World,
  operation: string,
  { schema, records }: { schema: Schema; records: readonly Made[] },
): Promise<Record<string, unknown>> {
  const body: Record<string, unknown> = {};
  for (const name of schema.required ?? []) {
    const property = schema.properties?.[name] ?? {};
    body[name] = await goodValue(world, operation, { name, schema: property, records });
  }
  return body;
}

/** A good value of a field, by what is known of its name, else by its schema. */
async function goodValue(
  world: World,
  operation: string,
  { name, schema, records }: { name: string; schema: Schema; records: readonly Made[] },
): Promise<unknown> {
  const known = await knownValue(world, operation, { name, records });
  if (known !== undefined) return known.value;
  const [first = schema] = (schema.anyOf ?? []).filter(({ type }) => type !== "null");
  if (first.const !== undefined) return first.const;
  if (first.enum !== undefined) return first.enum[0];
  switch (first.type) {
    case "boolean":
      return true;
    case "integer":
    case "number":
      return Math.max(first.minimum ?? 1, 1);
    case "array":
      return [await goodValue(world, operation, { name, schema: first.items ?? {}, records })];
    case "object":
      return await goodObject(world, operation, { schema: first, records });
    case undefined:
    default:
      // Another one each time: some names are taken once.
      return first.format === "date"
        ? "2026-03-02"
        : `${name} ${Math.random()}`.slice(0, first.maxLength ?? 40);
  }
}
