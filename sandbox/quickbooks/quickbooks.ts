import type { SandboxAnswer, SandboxProvider, SandboxRequest, World } from "../provider.ts";
import {
  bookNames,
  fieldsOf,
  listOf,
  newBooks,
  textOf,
  type BookName,
  type QbBooks,
} from "./books.ts";
import { change, type Operation } from "./changes.ts";
import { faultOf, noAccess, QbFault, unauthorized } from "./faults.ts";
import { runQuery } from "./query.ts";
import { createRequests } from "./requests.ts";
import { signInRoutes } from "./sign-in.ts";

/** The one company there is. */
export const REALM = "9130355";
const DAY_MS = 86_400_000;
const BATCH_MAX = 30;

/** QuickBooks Online: sign-in, and the books of one company. */
export const quickbooksSandbox: SandboxProvider = {
  name: "quickbooks",
  oauth: {
    accessMs: 3_600_000,
    codeMs: 600_000,
    refresh: { rotatesAfterMs: DAY_MS, graceMs: DAY_MS },
  },
  settings: (url, { id, secret }) => ({
    QUICKBOOKS_URL: url,
    QUICKBOOKS_CLIENT_ID: id,
    QUICKBOOKS_CLIENT_SECRET: secret,
  }),
  create(world) {
    const books = newBooks(world.clock);
    return {
      readState: () => books,
      seed({ clients }) {
        for (let number = 1; number <= clients; number += 1) {
          const given = { DisplayName: `Customer ${number}` };
          change(books, "Customer", given, {
            operation: "save",
            clock: world.clock,
            allowsDuplicate: false,
          });
        }
      },
      routes: [...signInRoutes(world, REALM), ...bookRoutes(world, books)],
    };
  },
};

function bookRoutes(world: World, books: QbBooks) {
  const requests = createRequests(world.clock);
  const guarded =
    (
      run: (request: SandboxRequest) => SandboxAnswer,
      kind: "single" | "batch" = "single",
    ): ((request: SandboxRequest) => SandboxAnswer) =>
    (request) => {
      const judged = world.oauth.judge(request.bearer);
      if (judged !== "valid") {
        return unauthorized(judged === "expired" ? "Token expired" : "Token revoked");
      }
      if (request.params["realm"] !== REALM) return noAccess;
      return requests.answer(request, kind, () => refusing(() => run(request)));
    };
  const timed = (fields: object): SandboxAnswer => ({
    status: 200,
    body: { ...fields, time: world.clock.now().toISOString() },
  });

  return [
    {
      method: "GET",
      path: at("companyinfo/:id"),
      run: guarded(() =>
        timed({
          CompanyInfo: {
            Id: "1",
            SyncToken: "0",
            CompanyName: books.company.name,
            Country: books.company.country,
          },
        }),
      ),
    },
    {
      method: "GET",
      path: at("preferences"),
      run: guarded(() => timed({ Preferences: preferencesOf(books) })),
    },
    {
      method: "GET",
      path: at("query"),
      run: guarded(({ query }) =>
        timed({ QueryResponse: runQuery(books, query.get("query") ?? "") }),
      ),
    },
    {
      method: "POST",
      path: at("query"),
      run: guarded(({ body }) => timed({ QueryResponse: runQuery(books, body) })),
    },
    {
      method: "POST",
      path: at("batch"),
      run: guarded((request) => timed(runBatch(books, request, world)), "batch"),
    },
    ...bookNames.flatMap((book) => [
      {
        method: "GET",
        path: at(`${book.toLowerCase()}/:id`),
        run: guarded(({ params }) => {
          const found = books[book].find(({ Id }) => Id === params["id"]);
          if (found === undefined) throw new QbFault("610", "Object Not Found", "It was deleted");
          return timed({ [book]: found });
        }),
      },
      {
        method: "POST",
        path: at(book.toLowerCase()),
        run: guarded((request) => {
          const given = change(books, book, fieldsOf(request.json()), {
            operation: operationOf(request.query),
            clock: world.clock,
            allowsDuplicate: request.query.get("include") === "allowduplicatedocnum",
          });
          return timed({ [book]: given });
        }),
      },
    ]),
  ];
}

function at(path: string): string {
  return `/v3/company/:realm/${path}`;
}

/** `operation=void` for invoices, `operation=update&include=void` for payments. */
function operationOf(query: URLSearchParams): Operation {
  const operation = query.get("operation");
  if (operation === "delete") return "delete";
  return operation === "void" || query.get("include") === "void" ? "void" : "save";
}

function refusing(run: () => SandboxAnswer): SandboxAnswer {
  try {
    return run();
  } catch (error) {
    if (error instanceof QbFault) return { status: 400, body: faultOf(error) };
    throw error;
  }
}

/** Its parts are done one after the other, each with an ending of its own. */
function runBatch(books: QbBooks, request: SandboxRequest, { clock }: World) {
  const parts = listOf(fieldsOf(request.json())["BatchItemRequest"]);
  if (parts.length > BATCH_MAX) {
    throw new QbFault("1040", "Batch size exceeds limit", `at most ${BATCH_MAX} parts`);
  }
  const hasLongIds = parts.some(({ bId }) => String(bId).length > 10);
  if (request.query.has("requestid") && hasLongIds) {
    throw new QbFault("2050", "Length exceeds limit", "bId: at most 10 characters");
  }
  return {
    BatchItemResponse: parts.map((part) => ({ bId: part["bId"], ...runPart(books, part, clock) })),
  };
}

function runPart(books: QbBooks, part: Record<string, unknown>, clock: World["clock"]) {
  try {
    const query = textOf(part["Query"]);
    if (query !== undefined) return { QueryResponse: runQuery(books, query) };
    const book = bookNames.find((name): name is BookName => part[name] !== undefined);
    if (book === undefined) throw new QbFault("2010", "Request has unsupported property");
    const operation = part["operation"] === "delete" ? "delete" : "save";
    const given = { operation, clock, allowsDuplicate: false } as const;
    return { [book]: structuredClone(change(books, book, fieldsOf(part[book]), given)) };
  } catch (error) {
    if (error instanceof QbFault) return faultOf(error);
    throw error;
  }
}

function preferencesOf({ preferences }: QbBooks) {
  return {
    Id: "1",
    SyncToken: "3",
    SalesFormsPrefs: { CustomTxnNumbers: preferences.hasOwnNumbers, AllowDiscount: true },
    CurrencyPrefs: {
      MultiCurrencyEnabled: preferences.isMultiCurrency,
      HomeCurrency: { value: preferences.homeCurrency },
    },
  };
}
