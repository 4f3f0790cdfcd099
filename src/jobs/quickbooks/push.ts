import { withBudget } from "../../actions/provider-budget.ts";
import type { OpenConnection } from "../../actions/use-connection.ts";
import type { QbBooks, QbCall, QuickBooks } from "../../connectors/quickbooks/quickbooks.ts";
import { changeConnectionSettings } from "../../db/connections.ts";
import type { ExternalRefScope } from "../../db/external-refs.ts";
import { inTransaction } from "../../db/transaction.ts";
import { z } from "zod";
import type { JobContext } from "../define-job.ts";
import type { Mapping } from "./map-invoice.ts";
import { readPushSettings } from "./settings.ts";

/** 500 requests a minute and realm, 10 a second; the rest is for others who work with the same books. */
const LIMIT = { perSecond: 7, burst: 10, waitMsMax: 10_000 } as const;
/** Batches count for themselves, too: 40 a minute. */
const BATCH_LIMIT = { perSecond: 0.6, burst: 5, waitMsMax: 10_000 } as const;

/** One run of a push with what it works with. */
export interface Push extends Mapping {
  ctx: JobContext;
  /** The realm. */
  account: string;
  /** Somebody asked for it: what is there is looked at, whatever went over last. */
  isForced: boolean;
  ask: <Result>(
    request: (quickbooks: QuickBooks, call: QbCall) => Promise<Result>,
  ) => Promise<Result>;
  askBatch: Push["ask"];
  /** Where ids of one kind are kept. */
  refs: (kind: string) => ExternalRefScope;
}

/** What is known of the books is looked at again after so long; somebody who asks has it looked at now. */
const BOOKS_MS = 6 * 3_600_000;
const KeptBooks = z.object({
  account: z.string(),
  country: z.string(),
  home_currency: z.string(),
  multi_currency: z.boolean(),
  read_at: z.iso.datetime(),
});

export async function openPush(
  ctx: JobContext,
  connection: OpenConnection,
  { isForced }: { isForced: boolean },
): Promise<Push> {
  const { companyId, externalId: account } = connection;
  const { quickbooks } = ctx.connectors;
  const ask: Push["ask"] = async (request) =>
    await connection.call((accessToken) =>
      withBudget(ctx, { key: `quickbooks/${account}`, limit: LIMIT }, () =>
        request(quickbooks, { accessToken, realm: account, signal: ctx.signal }),
      ),
    );
  const askBatch: Push["ask"] = async (request) =>
    await withBudget(ctx, { key: `quickbooks/${account}/batch`, limit: BATCH_LIMIT }, () =>
      ask(request),
    );
  return {
    ctx,
    companyId,
    account,
    isForced,
    ask,
    askBatch,
    settings: readPushSettings(connection.settings, account),
    books: await getBooks(ctx, connection, { ask, isForced }),
    refs: (kind) => ({ companyId, provider: "quickbooks", account, kind }),
  };
}

async function getBooks(
  { sql, clock }: JobContext,
  { companyId, externalId: account, settings }: OpenConnection,
  { ask, isForced }: Pick<Push, "ask" | "isForced">,
): Promise<QbBooks> {
  const now = clock.now();
  const kept = KeptBooks.safeParse(settings["books"]).data;
  if (kept?.account === account && !isForced) {
    const ageMs = now.getTime() - new Date(kept.read_at).getTime();
    if (ageMs < BOOKS_MS) {
      return {
        country: kept.country,
        homeCurrency: kept.home_currency,
        isMultiCurrency: kept.multi_currency,
      };
    }
  }
  const books = await ask((quickbooks, call) => quickbooks.readBooks(call));
  const keep: z.infer<typeof KeptBooks> = {
    account,
    country: books.country,
    home_currency: books.homeCurrency,
    multi_currency: books.isMultiCurrency,
    read_at: now.toISOString(),
  };
  await inTransaction(sql, (tx) =>
    changeConnectionSettings(
      tx,
      { companyId, provider: "quickbooks" },
      { settings: { books: keep }, now },
    ),
  );
  return books;
}
