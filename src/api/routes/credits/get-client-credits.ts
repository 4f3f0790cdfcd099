import { z } from "zod";
import { findClient } from "../../../db/clients.ts";
import { listUsableCredits } from "../../../db/credits.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { minorJson } from "../../units.ts";
import { creditJson, presentCredit } from "./schema.ts";

const balance = { currency: z.string(), available_balance: minorJson };

/** GET /clients/:client_id/credits — what the client can still use. */
export const getClientCreditsRoute = defineRoute({
  method: "get",
  path: "/clients/:client_id/credits",
  summary: "Get client credit balance",
  description:
    "`available_balance` is in the client's currency; credits in other currencies are summed apart. " +
    "Archived credits do not count.",
  tag: "Credits",
  access: { scope: "credits:read" },
  params: z.object({ client_id: idParam }),
  answers: {
    200: z.object({
      data: z.object({
        client_id: z.int(),
        ...balance,
        other_currencies: z.array(z.object(balance)),
        credits: z.array(creditJson),
      }),
    }),
  },

  async run({ sql, company }, { params }) {
    const key = { companyId: company.id, clientId: params.client_id };
    const [client, credits] = await Promise.all([
      findClient(sql, { companyId: company.id, id: params.client_id }),
      listUsableCredits(sql, key),
    ]);
    if (client === undefined) throw new NotFound("Client");
    const balanceIn = (currency: string) => ({
      currency,
      available_balance: credits
        .filter((credit) => credit.currency === currency)
        .reduce((sum, credit) => sum + credit.remaining, 0n),
    });
    const others = new Set(credits.map(({ currency }) => currency));
    others.delete(client.currency);
    return {
      status: 200,
      body: {
        data: {
          client_id: client.id,
          ...balanceIn(client.currency),
          other_currencies: [...others].map(balanceIn),
          credits: credits.map(presentCredit),
        },
      },
    };
  },
});
