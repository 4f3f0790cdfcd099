import { z } from "zod";

const Reference = z.looseObject({ value: z.string() });

/** What we read of a customer, item, invoice or payment; each has some of it. */
export const QbRecord = z.looseObject({
  Id: z.string().min(1),
  /** Grows with each change, theirs or ours; a change names the one it is based on. */
  SyncToken: z.string(),
  Active: z.boolean().optional(),
  DisplayName: z.string().optional(),
  Name: z.string().optional(),
  DocNumber: z.string().optional(),
  PrivateNote: z.string().optional(),
  CurrencyRef: Reference.optional(),
  CustomerRef: Reference.optional(),
  TxnDate: z.string().optional(),
  DueDate: z.string().optional(),
  TotalAmt: z.number().optional(),
  Balance: z.number().optional(),
  LinkedTxn: z.array(z.looseObject({ TxnId: z.string(), TxnType: z.string() })).optional(),
});
export type QbRecord = z.infer<typeof QbRecord>;

const Fault = z.looseObject({
  Error: z
    .array(
      z.looseObject({
        Message: z.string().nullish(),
        Detail: z.string().nullish(),
        code: z.coerce.string().nullish(),
        element: z.string().nullish(),
      }),
    )
    .min(1),
  type: z.string().nullish(),
});
const LowerFault = z.looseObject({
  error: z
    .array(
      z.looseObject({
        message: z.string().nullish(),
        detail: z.string().nullish(),
        code: z.coerce.string().nullish(),
      }),
    )
    .min(1),
  type: z.string().nullish(),
});

/** Why QuickBooks says no: the first of its reasons. */
export interface QbProblem {
  code: string | undefined;
  message: string;
}

/** A fault, whose keys are in lower case when it is about who asks. */
export const FaultAnswer = z.union([
  z.looseObject({ Fault }).transform(
    ({
      Fault: {
        Error: [first],
      },
    }) => problemOf(first?.code, first?.Message, first?.Detail),
  ),
  z.looseObject({ fault: LowerFault }).transform(
    ({
      fault: {
        error: [first],
      },
    }) => problemOf(first?.code, first?.message, first?.detail),
  ),
]);

function problemOf(
  code: string | null | undefined,
  message: string | null | undefined,
  detail: string | null | undefined,
): QbProblem {
  const texts = [message, detail].filter((text) => text !== null && text !== undefined);
  return {
    // "003200" and "3200" are one code.
    code: code?.replace(/^0+(?=\d)/, "") ?? undefined,
    message: texts.join(": ") || "no reason given",
  };
}

/** No match is an empty object, without a list. */
export const QueryAnswer = z.looseObject({
  QueryResponse: z.record(z.string(), z.unknown()),
});

export const BatchAnswer = z.looseObject({
  BatchItemResponse: z.array(z.looseObject({ bId: z.string() })),
});

export const CompanyInfo = z.looseObject({
  CompanyName: z.string().nullish(),
  Country: z.string().nullish(),
});

export const Preferences = z.looseObject({
  CurrencyPrefs: z
    .looseObject({
      MultiCurrencyEnabled: z.boolean().nullish(),
      HomeCurrency: Reference.nullish(),
    })
    .nullish(),
});

/** The ends of what is granted, in seconds: each use prolongs the first, nothing the second. */
export const TokenEnds = z.looseObject({
  x_refresh_token_expires_in: z.coerce.number().positive().nullish(),
  x_refresh_token_hard_expires_in: z.coerce.number().positive().nullish(),
});
