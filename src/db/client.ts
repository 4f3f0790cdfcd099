import postgres from "postgres";
import { makeStatement, markToPlanAnew } from "./templates.ts";

type Types = { bigint: bigint };

/** A pool: may read, or be composed into a statement. */
export type Sql = postgres.Sql<Types>;
/** A part of a statement. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>;
/** An open transaction. */
export type Tx = postgres.TransactionSql<Types>;

/** A select: a statement by itself once it is awaited, a part of another one until then. */
export type Select<Row extends object> = postgres.PendingQuery<Row[]>;

/** What may be sent for a parameter. */
export type Parameter = postgres.ParameterOrJSON<bigint>;

/** A column of a select, by the name that its rows have it under. */
export interface Column {
  name: string;
  /** What PostgreSQL's text for a value means, as if the driver had read it. */
  read: (text: string) => unknown;
}

export interface DatabaseOptions {
  url: string;
  /** Most connections this pool opens. */
  connectionsMax: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Ends a statement that takes longer, in milliseconds. 0 means never. */
  statementTimeoutMs?: number;
}

/**
 * Opens a pool that speaks our dialect: camelCase columns, int8 as bigint (money in minor units)
 * except in columns that name a record or a person, `date` as "YYYY-MM-DD" text, timestamptz as Date.
 */
export function openDatabase(options: DatabaseOptions): Sql {
  const sql = postgres(options.url, {
    max: options.connectionsMax,
    idle_timeout: 60,
    connect_timeout: 10,
    onnotice: () => {},
    connection: {
      application_name: options.applicationName,
      TimeZone: "UTC",
      ...(options.statementTimeoutMs ? { statement_timeout: options.statementTimeoutMs } : {}),
    },
    transform: {
      column: { to: postgres.fromCamel, from: postgres.toCamel },
      value: { from: idsAsNumbers },
      undefined: null,
    },
    types: {
      bigint: postgres.BigInt,
      // A calendar day has no time zone: never let a driver turn it into an instant.
      date: { to: 1082, from: [1082], serialize: String, parse: (text: string) => text },
    },
  }) as Sql;
  const handle = refuseLateStatements(sql);
  const call = (...args: readonly unknown[]): unknown => Reflect.apply(handle, undefined, args);
  return new Proxy(handle, { apply: (_target, _self, args) => makeStatement(call, args) });
}

/**
 * A transaction ends for its caller when its connection is lost, or when one of several things done in it
 * fails, but a function that is still at work in it keeps its handle, and the driver would execute that
 * function's next statement on whatever the connection has become: by itself, or inside somebody else's
 * transaction. Such statements throw an Error with the code CONNECTION_CLOSED instead; and the driver never
 * hears that the function is through, for it would then commit or undo whatever is on that connection. A
 * savepoint is over when its function is.
 */
function refuseLateStatements(sql: Sql): Sql {
  const begin = sql.begin.bind(sql);
  const guarded = async <Result>(
    ...given: [work: Work<Result>] | [options: string, work: Work<Result>]
  ): Promise<unknown> => {
    const [options, work] = given.length === 2 ? given : ["", given[0]];
    const life = new Life();
    try {
      return await begin(options, (tx) => life.spend(tx, work));
    } finally {
      life.isOver = true;
    }
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what begin() unwraps, this hands on
  return Object.assign(sql, { begin: guarded as Sql["begin"] });
}

type Work<Result> = (tx: Tx) => Result | Promise<Result>;

/** How long a transaction or a savepoint may be used. */
class Life {
  readonly #outer: Life | undefined;
  isOver = false;

  constructor(outer?: Life) {
    this.#outer = outer;
  }

  check(): void {
    this.#outer?.check();
    if (this.isOver) throw overError();
  }

  get hasEnded(): boolean {
    return this.isOver || this.#outer?.hasEnded === true;
  }

  /**
   * Does the work, and is over before the driver ends what it was done in. When it was over before, this does
   * not end, and `onLate` says so.
   */
  async spend<Result>(tx: Tx, work: Work<Result>, onLate = (): void => {}): Promise<Result> {
    try {
      return await work(this.#handleOf(tx));
    } finally {
      if (this.hasEnded) {
        onLate();
        await new Promise(() => {});
      }
      this.isOver = true;
    }
  }

  #handleOf(tx: Tx): Tx {
    const call = (...args: readonly unknown[]): unknown => {
      this.check();
      return Reflect.apply(tx, undefined, args);
    };
    const savepoint = async <Result>(
      ...given: [work: Work<Result>] | [name: string, work: Work<Result>]
    ): Promise<unknown> => {
      this.check();
      const [name, work] = given.length === 2 ? given : ["", given[0]];
      return await new Promise((resolve, reject) => {
        const onLate = (): void => reject(overError());
        tx.savepoint(name, (nested) => new Life(this).spend(nested, work, onLate)).then(
          resolve,
          reject,
        );
      });
    };
    return new Proxy(tx, {
      apply: (_target, _self, args) => {
        this.check();
        return makeStatement(call, args);
      },
      get: (target, name) => {
        if (name === "unsafe") this.check();
        return name === "savepoint" ? savepoint : (Reflect.get(target, name) as unknown);
      },
    });
  }
}

function overError(): Error {
  return Object.assign(
    new Error("The transaction is over: its connection was lost, or it failed."),
    { code: "CONNECTION_CLOSED" },
  );
}

/**
 * An id, also that of who did something (`recorded_by`), is an int8 in the database and a plain number here
 * (2^53 ids are enough); every other int8 is money or a count and stays a bigint, so that the two can never
 * be mixed up in arithmetic.
 */
function idsAsNumbers(value: unknown, column?: { name: string }): unknown {
  return typeof value === "bigint" && column !== undefined && isIdColumn(column.name)
    ? Number(value)
    : value;
}

function isIdColumn(name: string): boolean {
  let isId = idColumns.get(name);
  if (isId === undefined) {
    isId = /^id$|(?:Id|By|_id|_by)$/.test(name);
    idColumns.set(name, isId);
  }
  return isId;
}

/** Names of columns, as many as our statements have, and whether they are ids. */
const idColumns = new Map<string, boolean>();

/**
 * A statement whose plan must know its values, like a report's, which reads a day or all of the books. The
 * others are kept by their connection, and after five times PostgreSQL has one plan for whatever their values:
 * for few rows, by one process. Costs making a plan each time: not for what is asked often.
 */
export function planAnew<Row extends object>(select: Select<Row>): Select<Row> {
  return markToPlanAnew(select);
}

/** What a select has in its rows. */
export async function describeColumns(
  sql: Sql,
  select: Pick<Select<object>, "describe">,
): Promise<Column[]> {
  const { columns } = await select.describe();
  return columns.map(({ name, type }) => ({ name, read: readerOf(sql, { name, type }) }));
}

/** @param column its type by PostgreSQL's oid */
function readerOf(sql: Sql, column: { name: string; type: number }): Column["read"] {
  const parse: (((text: string) => unknown) & { array?: boolean }) | undefined =
    sql.options.parsers[column.type];
  if (parse === undefined) return (text) => text;
  if (parse.array === true) return (text) => parse(text.slice(1));
  return (text) => idsAsNumbers(parse(text), column);
}

/** PostgreSQL's error code (SQLSTATE), when the error came from there. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError ? error.code : undefined;
}

/** The constraint a statement violated, when that is what happened. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError ? error.constraint_name : undefined;
}
