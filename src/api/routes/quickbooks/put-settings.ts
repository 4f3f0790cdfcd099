import { z } from "zod";
import { saveConnectionSettings } from "../../../actions/save-connection-settings.ts";
import { insertPush, listWaitingForSettings } from "../../../db/quickbooks-pushes.ts";
import { InvalidInput } from "../../../errors.ts";
import { settleSet } from "../../../jobs/quickbooks/end-push.ts";
import { pushRequestedToQuickBooks } from "../../../jobs/quickbooks/push-requested.ts";
import {
  PushSettings,
  ratesKey,
  readPushSettings,
  SETTINGS_OF,
} from "../../../jobs/quickbooks/settings.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { askedBy, changerOf } from "../../asked-by.ts";
import { getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";

const settingsJson = PushSettings.meta({ id: "QuickBooksSettings" });

/** PUT /integrations/quickbooks/settings — what has waited for a setting goes over then. */
export const putQuickBooksSettingsRoute = defineRoute({
  method: "put",
  path: "/integrations/quickbooks/settings",
  summary: "Settings of the push to QuickBooks",
  description:
    "Keys left out stay as they are. Ids are QuickBooks' own. Invoices that waited for a setting are " +
    "pushed. 409 when QuickBooks is not connected.",
  tag: "QuickBooks",
  access: { scope: "integrations:write", minimumRole: "admin" },
  body: z.strictObject(PushSettings.partial().shape),
  answers: { 200: z.object({ data: settingsJson }) },
  failures: [409],

  async run(context, { body }) {
    const { tx, company, user, now } = context;
    const { apiTokenId, requestId } = changerOf(context);
    checkCodes(body.tax_codes ?? []);
    const saved = await saveConnectionSettings(
      tx,
      { company, causerId: user.id, now },
      {
        provider: getProvider(context, "quickbooks"),
        // Of another account that was connected before nothing is kept.
        settings: ({ settings, externalId }) => ({
          ...readPushSettings(settings, externalId),
          ...body,
          [SETTINGS_OF]: externalId,
        }),
        apiTokenId,
        requestId,
      },
    );
    const settings = readPushSettings(saved.settings, saved.externalId);
    await settleSet(tx, company.id, settings);
    const invoiceIds = await listWaitingForSettings(tx, company.id);
    if (invoiceIds.length > 0) {
      const pushId = await insertPush(tx, { companyId: company.id, invoiceIds, now });
      await enqueue(
        tx,
        pushRequestedToQuickBooks,
        { companyId: company.id, pushId },
        askedBy(context),
      );
    }
    return { status: 200, body: { data: settings } };
  },
});

/** Rates, in any order, stand for one code. */
function checkCodes(codes: PushSettings["tax_codes"]): void {
  const known = new Set<string>();
  for (const [index, { rates }] of codes.entries()) {
    const key = ratesKey(rates);
    if (known.has(key)) {
      throw new InvalidInput({
        [`tax_codes.${index}.rates`]: ["These rates have a code already."],
      });
    }
    known.add(key);
  }
}
