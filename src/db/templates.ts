import type { Fragment, Select } from "./client.ts";

/** Calls the driver's handle, of a pool or a transaction, with a template or for a name or rows. */
type Call = (...args: readonly unknown[]) => unknown;

/** Templates that follow one upon another in a statement, and the whole they come to. */
interface Shape {
  whole?: TemplateStringsArray;
  next: Map<unknown, Shape>;
}

const shapes: Shape = { next: new Map() };
/** Stands for any value on the way through the shapes. */
const VALUE = Symbol("value");

/**
 * A statement that nobody has waited for yet, or a part of another one. The driver makes a query of each
 * template, however small; this makes one of a whole statement, with the text it remembers from the last
 * statement of that shape. There are as many shapes as the server is given prepared statements.
 */
class Statement {
  readonly #call: Call;
  readonly #strings: TemplateStringsArray;
  readonly #args: readonly unknown[];
  #query: Fragment | undefined;

  constructor(call: Call, strings: TemplateStringsArray, args: readonly unknown[]) {
    this.#call = call;
    this.#strings = strings;
    this.#args = args;
  }

  #begun(): Fragment {
    if (this.#query === undefined) {
      const { texts, values } = this.spell();
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the driver makes of a template
      this.#query = this.#call(texts, ...values) as Fragment;
    }
    return this.#query;
  }

  spell(): Spelled {
    const values: unknown[] = [];
    const shape = this.#gather(shapes, values);
    shape.whole ??= this.#write();
    return { texts: shape.whole, values };
  }

  /** Collects the values of all parts, and follows the shape. */
  #gather(from: Shape, values: unknown[]): Shape {
    let shape = step(from, this.#strings);
    for (const arg of this.#args) {
      if (arg instanceof Statement) {
        shape = arg.#gather(shape, values);
      } else if (arg instanceof Name) {
        shape = step(shape, arg.text);
      } else if (isList(arg)) {
        shape = step(shape, arg.length);
        for (const part of arg) shape = part.#gather(shape, values);
      } else {
        values.push(arg);
        shape = step(shape, VALUE);
      }
    }
    return shape;
  }

  /** The texts between the values of all parts. */
  #write(pieces: string[] = [""]): TemplateStringsArray {
    const append = (text: string): void => {
      pieces[pieces.length - 1] += text;
    };
    append(this.#strings[0]!);
    for (const [index, arg] of this.#args.entries()) {
      if (arg instanceof Statement) arg.#write(pieces);
      else if (arg instanceof Name) append(arg.text);
      else if (isList(arg)) {
        for (const part of arg) {
          append(" ");
          part.#write(pieces);
        }
      } else pieces.push("");
      append(this.#strings[index + 1]!);
    }
    return Object.assign(pieces, { raw: pieces });
  }

  /** Not kept by its connection: see `planAnew` of client.ts. */
  planAnew(): this {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's own option of a query, which it does not export
    (this.#begun() as Fragment & { options: { prepare?: boolean } }).options.prepare = false;
    return this;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is awaited as the driver's own queries are
  then(...given: Parameters<Fragment["then"]>): ReturnType<Fragment["then"]> {
    return this.#begun().then(...given);
  }

  catch(...given: Parameters<Fragment["catch"]>): ReturnType<Fragment["catch"]> {
    return this.#begun().catch(...given);
  }

  finally(...given: Parameters<Fragment["finally"]>): ReturnType<Fragment["finally"]> {
    return this.#begun().finally(...given);
  }

  values(): ReturnType<Fragment["values"]> {
    return this.#begun().values();
  }

  describe(): ReturnType<Fragment["describe"]> {
    return this.#begun().describe();
  }

  readable(): ReturnType<Fragment["readable"]> {
    return this.#begun().readable();
  }
}

/** A whole statement: the values of all its parts, and the texts before, between and behind them. */
export interface Spelled {
  texts: TemplateStringsArray;
  values: unknown[];
}

/** Throws an Error for what no handle of ours has made. */
export function spellStatement(statement: unknown): Spelled {
  if (!(statement instanceof Statement)) throw new Error("only statements can be spelled");
  return statement.spell();
}

/** Parts that stand one after the other. No parts are a value: an empty array. */
function isList(arg: unknown): arg is readonly Statement[] {
  return Array.isArray(arg) && arg.length > 0 && arg.every((part) => part instanceof Statement);
}

/** A table or column that is only known when the statement is made. */
class Name {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function step({ next }: Shape, part: unknown): Shape {
  let shape = next.get(part);
  if (shape === undefined) next.set(part, (shape = { next: new Map() }));
  return shape;
}

/** What a handle is to answer when it is called. */
export function makeStatement(call: Call, args: readonly unknown[]): unknown {
  const [first, ...rest] = args;
  if (isTemplate(first)) return new Statement(call, first, rest);
  const made = call(...args);
  // The driver has written the name as the server reads it.
  return typeof first === "string" && rest.length === 0
    ? // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its Identifier, which it does not export
      new Name((made as { value: string }).value)
    : made;
}

/** For `planAnew` of client.ts. */
export function markToPlanAnew<Row extends object>(select: Select<Row>): Select<Row> {
  if (!(select instanceof Statement)) throw new Error("only a template can be planned anew");
  return select.planAnew();
}

function isTemplate(value: unknown): value is TemplateStringsArray {
  return Array.isArray(value) && "raw" in value;
}
