import type {
  SandboxAnswer,
  SandboxProvider,
  SandboxRequest,
  SandboxRoute,
  World,
} from "../provider.ts";
import { emptyBooks, type BookName, type Books } from "./books.ts";
import { noAccess, notFoundNew, notFoundOld, unauthenticated } from "./errors.ts";
import { listAccounting, listOfBusiness, withIncludes } from "./lists.ts";
import { me } from "./me.ts";
import { seedBooks } from "./seed.ts";

const ACCOUNT = "ACM123";
const BUSINESS = 439_000;

const accountingPaths: Readonly<Partial<Record<BookName, string>>> = {
  clients: "users/clients",
  taxes: "taxes/taxes",
  items: "items/items",
  invoices: "invoices/invoices",
  credit_notes: "credit_notes/credit_notes",
  payments: "payments/payments",
  expenses: "expenses/expenses",
  categories: "expenses/categories",
  estimates: "estimates/estimates",
  invoice_profiles: "invoice_profiles/invoice_profiles",
};

/** FreshBooks: sign-in, and the books of one account and business, to be read. */
export const freshbooksSandbox: SandboxProvider = {
  name: "freshbooks",
  oauth: { accessMs: 43_200_000, codeMs: 300_000, refresh: "single-use" },
  // The company brings its own client: only the address is the installation's.
  settings: (url) => ({ FRESHBOOKS_URL: url }),
  create(world) {
    let books: Books = emptyBooks();
    return {
      readState: () => books,
      seed(options) {
        books = seedBooks(options, {
          random: world.random,
          accountId: ACCOUNT,
          businessId: BUSINESS,
        });
      },
      routes: [
        ...signIn(world),
        ...accounting(world, () => books),
        ...business(world, () => books),
      ],
    };
  },
};

function signIn({ oauth, clock }: World): SandboxRoute[] {
  const authorize = (request: SandboxRequest): SandboxAnswer => {
    const redirect = request.query.get("redirect_uri") ?? "";
    return redirect.includes("?")
      ? { status: 400, body: "The redirect URI must have no query." }
      : oauth.approve(request);
  };
  return [
    { method: "GET", path: "/oauth/authorize", run: authorize },
    { method: "GET", path: "/oauth/authorize/", run: authorize },
    {
      method: "POST",
      path: "/auth/oauth/token",
      run(request) {
        const field = fieldsOf(request);
        const client = { clientId: field("client_id"), clientSecret: field("client_secret") };
        const redirectUri = field("redirect_uri");
        if (redirectUri === null) return refused("invalid_request", "redirect_uri is required");
        const given =
          field("grant_type") === "refresh_token"
            ? oauth.refresh({ ...client, refreshToken: field("refresh_token") })
            : oauth.exchange({ ...client, code: field("code"), redirectUri });
        if ("error" in given) return refused(given.error, given.description);
        return {
          status: 200,
          body: {
            access_token: given.accessToken,
            token_type: "Bearer",
            expires_in: given.expiresIn,
            refresh_token: given.refreshToken,
            scope: given.scope,
            created_at: Math.floor(clock.now().getTime() / 1_000),
          },
        };
      },
    },
    {
      method: "POST",
      path: "/auth/oauth/revoke",
      run(request) {
        const isKnown = oauth.revoke(fieldsOf(request)("token"));
        return isKnown ? { status: 200, body: {} } : refused("invalid_token", "Unknown token");
      },
    },
    {
      method: "GET",
      path: "/auth/api/v1/users/me",
      run: ({ bearer }) =>
        oauth.judge(bearer) === "valid"
          ? { status: 200, body: me({ accountId: ACCOUNT, businessId: BUSINESS }) }
          : unauthenticated,
    },
  ];
}

function refused(error: string, description: string): SandboxAnswer {
  return {
    status: error === "invalid_grant" ? 401 : 400,
    body: { error, error_description: description },
  };
}

/** JSON, urlencoded and multipart are all taken. */
function fieldsOf(request: SandboxRequest): (name: string) => string | null {
  const json = request.json();
  const form = request.form();
  return (name) => {
    if (typeof json !== "object" || json === null) return form.get(name);
    const value: unknown = Object.entries(json).find(([key]) => key === name)?.[1];
    return typeof value === "string" ? value : null;
  };
}

function accounting({ oauth }: World, books: () => Books): SandboxRoute[] {
  const guarded =
    (run: SandboxRoute["run"]): SandboxRoute["run"] =>
    (request) => {
      if (oauth.judge(request.bearer) !== "valid") return unauthenticated;
      return request.params["account"] === ACCOUNT ? run(request) : noAccess;
    };
  return Object.entries(accountingPaths).flatMap(([key, part]): SandboxRoute[] => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a key of this very table
    const name = key as BookName;
    const path = `/accounting/account/:account/${part}`;
    return [
      { method: "GET", path, run: guarded((request) => listAccounting(books(), name, request)) },
      {
        method: "GET",
        path: `${path}/:id`,
        run: guarded((request) => {
          const id = request.params["id"] ?? "";
          const single = name.replace(/s$/, "");
          const found = books()[name].find((entry) => String(entry.id) === id);
          // Which of the two forms an error has depends on the endpoint.
          if (found === undefined) {
            return name === "clients" ? notFoundNew(single, id) : notFoundOld(single, id);
          }
          const entry = withIncludes(name, found, request);
          return { status: 200, body: { response: { result: { [single]: entry } } } };
        }),
      },
    ];
  });
}

function business({ oauth }: World, books: () => Books): SandboxRoute[] {
  const list =
    (name: BookName): SandboxRoute["run"] =>
    (request) => {
      if (oauth.judge(request.bearer) !== "valid") return unauthenticated;
      if (request.params["business"] !== String(BUSINESS)) {
        return { status: 404, body: { error: "Requested resource could not be found." } };
      }
      // Services come all at once.
      if (name === "services") return { status: 200, body: { services: books().services } };
      return listOfBusiness(books(), name, request);
    };
  return [
    { method: "GET", path: "/projects/business/:business/projects", run: list("projects") },
    {
      method: "GET",
      path: "/timetracking/business/:business/time_entries",
      run: list("time_entries"),
    },
    { method: "GET", path: "/comments/business/:business/services", run: list("services") },
  ];
}
