import type { Route } from "../define-route.ts";
import { deleteRuleRoute } from "./rules/delete-rule.ts";
import { getRuleLogRoute } from "./rules/get-log.ts";
import { getRuleRoute } from "./rules/get-rule.ts";
import { getRulesRoute } from "./rules/get-rules.ts";
import { patchRuleEnabledRoute } from "./rules/patch-enabled.ts";
import { postRuleDryRunRoute } from "./rules/post-dry-run.ts";
import { postRuleRoute } from "./rules/post-rule.ts";
import { putRuleRoute } from "./rules/put-rule.ts";

/** What is done by itself, and how time is billed. */
export const ruleRoutes: readonly Route[] = [
  getRulesRoute,
  postRuleRoute,
  getRuleRoute,
  putRuleRoute,
  deleteRuleRoute,
  patchRuleEnabledRoute,
  getRuleLogRoute,
  postRuleDryRunRoute,
];
