import { z } from "zod";
import { parseScaled } from "../../billing/money.ts";

/** An id over there, as its address or a report shows it. */
const externalId = z.string().regex(/^[A-Za-z0-9-]{1,50}$/, "Must be an id of QuickBooks.");

const rate = z
  .number()
  .min(0)
  .max(10_000)
  .refine((value) => parseScaled(value, 3) !== undefined, {
    message: "Must be basis points with at most 3 decimals.",
  });

/** What a company says about its pushes; kept in the settings of its connection. */
export const PushSettings = z.object({
  auto_push: z.boolean().meta({ description: "Whether every change goes over by itself." }),
  income_account_id: externalId.nullable().meta({ description: "Of what items are sold for." }),
  late_fee_account_id: externalId.nullable().meta({ description: "Default: income_account_id." }),
  adjustment_account_id: externalId.nullable().meta({ description: "Default: income_account_id." }),
  discount_account_id: externalId.nullable().meta({ description: "Of discounts given." }),
  deposit_account_id: externalId.nullable().meta({
    description: "Where payments are put. Default: QuickBooks' Undeposited Funds.",
  }),
  tax_codes: z
    .array(z.object({ rates: z.array(rate).min(1).max(20), code: externalId }))
    .max(200)
    .meta({
      description:
        "Which tax code there stands for which rates (basis points) of a line here. Not for US companies.",
    }),
  untaxed_code: externalId.nullable().meta({
    description: "The tax code of lines without tax. Not for US companies.",
  }),
});
export type PushSettings = z.infer<typeof PushSettings>;

const none: PushSettings = {
  auto_push: false,
  income_account_id: null,
  late_fee_account_id: null,
  adjustment_account_id: null,
  discount_account_id: null,
  deposit_account_id: null,
  tax_codes: [],
  untaxed_code: null,
};

/** Names the account that the settings are about: ids of one account mean something else in another. */
export const SETTINGS_OF = "settings_of";

/** Those in the settings of a connection, which has others as well; none when they are of another account. */
export function readPushSettings(
  settings: Readonly<Record<string, unknown>>,
  account: string | null,
): PushSettings {
  return settings[SETTINGS_OF] === account ? PushSettings.parse({ ...none, ...settings }) : none;
}

/** What an invoice can lack: a setting, or a currency that is not switched on over there. */
export const missables = [
  "income_account_id",
  "discount_account_id",
  "tax_codes",
  "untaxed_code",
  "currency",
] as const;
export type Missable = (typeof missables)[number];

/** The code for a line with these rates, in any order; undefined when none is set. */
export function taxCodeOf(
  { tax_codes: codes }: Pick<PushSettings, "tax_codes">,
  rates: readonly number[],
): string | undefined {
  const wanted = ratesKey(rates);
  return codes.find((each) => ratesKey(each.rates) === wanted)?.code;
}

/** The same for the same rates in any order. */
export function ratesKey(rates: readonly number[]): string {
  return rates.toSorted((one, other) => one - other).join("+");
}
