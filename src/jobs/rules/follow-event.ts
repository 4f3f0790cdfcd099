import { z } from "zod";
import { disableRule } from "../../actions/disable-rule.ts";
import { followRule } from "../../actions/follow-rule.ts";
import { ruleTriggers } from "../../actions/rule-triggers.ts";
import type { Acting } from "../../actions/acting.ts";
import type { Tx } from "../../db/client.ts";
import { findCompany } from "../../db/companies.ts";
import { findRuleEvent } from "../../db/rule-events.ts";
import { insertRuleLog } from "../../db/rule-log.ts";
import { listFollowingRules, lockRule } from "../../db/rules.ts";
import { inTransaction, isDatabaseTrouble } from "../../db/transaction.ts";
import { errorText, Failure } from "../../errors.ts";
import { defineJob, done, skipped } from "../define-job.ts";

const attempts = 5;

/**
 * Does what an automation says about what happened. All of it is one transaction with its line in the
 * rule's log, so a run that dies or comes twice has done it once. A rule that cannot do its work is
 * disabled rather than tried on every further event.
 */
export const followEvent = defineJob({
  name: "rule.follow-event",
  queue: "default",
  payload: z.object({ companyId: z.int(), ruleId: z.int(), eventId: z.int() }),
  retry: { attempts, delayMsFirst: 1_000, delayMsMax: 60_000 },
  timeoutMs: 60_000,
  idempotencyKey: ({ companyId, ruleId, eventId }) => `${companyId}/${ruleId}/${eventId}`,
  follows: {
    types: ruleTriggers,
    async targets(tx, eventIds) {
      const following = await listFollowingRules(tx, eventIds);
      return following.map(({ companyId, ruleId, eventId }) => ({
        eventId,
        target: ruleId,
        companyId,
        payload: { companyId, ruleId, eventId },
      }));
    },
  },

  async run({ sql, clock, signal, log, run }, { companyId, ruleId, eventId }) {
    const company = await findCompany(sql, companyId);
    if (company === undefined) return skipped("the company was deleted");
    const by = { company, causerId: null, now: company.testNow ?? clock.now() };
    const ref = { ruleId, eventId };
    try {
      const following = await inTransaction(sql, async (tx) => await followRule(tx, by, ref));
      if (following.outcome === "stale") return skipped(following.reason);
      return done(following);
    } catch (error) {
      const isOver =
        run.attempt >= attempts || (error instanceof Failure && error.retry === "never");
      if (signal.aborted || isDatabaseTrouble(error) || !isOver) throw error;
      log.warn({ err: error }, "the rule failed, and is disabled");
      const reason = errorText(error);
      await inTransaction(sql, async (tx) => {
        await failRule(tx, by, { ...ref, reason });
      });
      return done({ outcome: "failed", reason });
    }
  },
});

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
