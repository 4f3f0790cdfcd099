import { z } from "zod";
import { disableRule } from "../../actions/disable-rule.ts";
import { followRule, type Following } from "../../actions/follow-rule.ts";
import { ruleTriggers } from "../../actions/rule-triggers.ts";
import type { Acting } from "../../actions/acting.ts";
import type { Tx } from "../../db/client.ts";
import { findCompany } from "../../db/companies.ts";
import { findRuleEvent } from "../../db/rule-events.ts";
import { insertRuleLog } from "../../db/rule-log.ts";
import { listFollowedEvents, listFollowingRules, lockRule } from "../../db/rules.ts";
import { inTransaction, isDatabaseTrouble } from "../../db/transaction.ts";
import { errorText, Failure } from "../../errors.ts";
import { defineJob, done, skipped, type JobContext } from "../define-job.ts";

const attempts = 5;

/**
 * Does what automations say about what happened, one after the other in their order. All of one rule is
 * one transaction with its line in the rule's log, so a run that dies or comes twice goes on where it
 * ended. A rule that cannot do its work is disabled rather than tried on every further event.
 */
export const followEvent = defineJob({
  name: "rule.follow-event",
  queue: "default",
  payload: z.object({ companyId: z.int(), eventId: z.int() }),
  retry: { attempts, delayMsFirst: 1_000, delayMsMax: 60_000 },
  timeoutMs: 300_000,
  idempotencyKey: ({ companyId, eventId }) => `${companyId}/${eventId}`,
  follows: {
    types: ruleTriggers,
    async targets(tx, eventIds) {
      const followed = await listFollowedEvents(tx, eventIds);
      return followed.map(({ companyId, eventId }) => ({
        eventId,
        target: "rules",
        companyId,
        payload: { companyId, eventId },
      }));
    },
  },

  async run(context, { companyId, eventId }) {
    const { sql, clock, signal } = context;
    const company = await findCompany(sql, companyId);
    if (company === undefined) return skipped("the company was deleted");
    const by = { company, causerId: null, now: company.testNow ?? clock.now() };
    const ruleIds = await listFollowingRules(sql, { companyId, eventId });
    if (ruleIds.length === 0) return skipped("no rule follows the event any more");
    const rules: { ruleId: number; outcome: Ended["outcome"]; reason: string | null }[] = [];
    for (const ruleId of ruleIds) {
      signal.throwIfAborted();
      // What it did is in the rule's log.
      const { outcome, reason } = await followOrFail(context, by, { ruleId, eventId });
      rules.push({ ruleId, outcome, reason });
    }
    return done({ rules });
  },
});

type Ended = Following | { outcome: "failed"; reason: string };

/** Throws what may go better at another attempt. */
async function followOrFail(
  { sql, signal, log, run }: JobContext,
  by: Acting,
  ref: { ruleId: number; eventId: number },
): Promise<Ended> {
  try {
    return await inTransaction(sql, async (tx) => await followRule(tx, by, ref));
  } catch (error) {
    const isOver = run.attempt >= attempts || (error instanceof Failure && error.retry === "never");
    if (signal.aborted || isDatabaseTrouble(error) || !isOver) throw error;
    log.warn({ err: error, ruleId: ref.ruleId }, "the rule failed, and is disabled");
    const reason = errorText(error);
    await inTransaction(sql, async (tx) => {
      await failRule(tx, by, { ...ref, reason });
    });
    return { outcome: "failed", reason };
  }
}

async function failRule(
  tx: Tx,
  by: Acting,
  { ruleId, eventId, reason }: { ruleId: number; eventId: number; reason: string },
): Promise<void> {
  const companyId = by.company.id;
  const rule = await lockRule(tx, { companyId, id: ruleId });
  const event = await findRuleEvent(tx, { companyId, id: eventId });
  // Whoever has changed or disabled it meanwhile knows better.
  if (rule?.isEnabled !== true || event === undefined) return;
  await insertRuleLog(tx, {
    companyId,
    ruleId,
    eventId,
    subjectType: rule.subjectType,
    subjectId: event.subjectId,
    outcome: "failed",
    effects: [],
    reason,
    now: by.now,
  });
  await disableRule(tx, by, rule, { code: "failed", reason });
}
