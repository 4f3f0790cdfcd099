import { z } from "zod";
import { noticeEnd } from "../../actions/connection-attention.ts";
import { withConnection } from "../../actions/use-connection.ts";
import { recordConnectionSuccess } from "../../db/connections.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ConnectionRevoked } from "../../errors.ts";
import { providerNames } from "../../platform/oauth.ts";
import { defineJob, done, skipped } from "../define-job.ts";

/**
 * Tries one connection with something small, so that a withdrawn one is found before work needs it,
 * and one that would end unused is renewed. Needs no connection itself: a parked one is skipped.
 */
export const checkConnection = defineJob({
  name: "connection.check",
  queue: "default",
  payload: z.object({ companyId: z.int(), provider: z.enum(providerNames), check: z.int() }),
  retry: { attempts: 5, delayMsFirst: 30_000, delayMsMax: 3_600_000 },
  timeoutMs: 90_000,
  idempotencyKey: ({ companyId, provider, check }) => `${companyId}/${provider}/${check}`,

  async run(ctx, { companyId, provider: name }) {
    const key = { companyId, provider: name };
    const provider = ctx.connectors.connections.providers.get(name);
    if (provider === undefined) return skipped(`there is no provider ${name}`);
    try {
      const { externalName } = await withConnection(ctx, key, (connection) =>
        connection.call((accessToken) =>
          provider.check({
            accessToken,
            externalId: connection.externalId,
            signal: ctx.signal,
          }),
        ),
      );
      const now = ctx.clock.now();
      await recordConnectionSuccess(ctx.sql, key, { now, externalName });
      const { title } = provider;
      await inTransaction(ctx.sql, (tx) => noticeEnd(tx, key, { title, now }));
      return done({ account_name: externalName });
    } catch (error) {
      // The connection is parked by now, and its owner told: there is nothing left to do here.
      if (error instanceof ConnectionRevoked) return skipped(error.message);
      throw error;
    }
  },
});
