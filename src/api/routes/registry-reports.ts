import type { Route } from "../define-route.ts";
import { getAnalyticsRoute } from "./analytics/get-analytics.ts";
import { getInvoiceSelectionRoute } from "./billing-hub/get-invoice-selection.ts";
import { getBillingHubSummaryRoute } from "./billing-hub/get-summary.ts";
import { getAgingRoute } from "./dashboard/get-aging.ts";
import { getRecentActivityRoute } from "./dashboard/get-recent-activity.ts";
import { getRevenueByClientRoute } from "./dashboard/get-revenue-by-client.ts";
import { getRevenueChartRoute } from "./dashboard/get-revenue-chart.ts";
import { getDashboardStatsRoute } from "./dashboard/get-stats.ts";
import { getUnbilledByClientRoute } from "./dashboard/get-unbilled-by-client.ts";
import { getAccountAgingRoute } from "./reports/get-account-aging.ts";
import { getExpenseReportRoute } from "./reports/get-expenses.ts";
import { getInvoiceSummaryRoute } from "./reports/get-invoice-summary.ts";
import { getProfitLossRoute } from "./reports/get-profit-loss.ts";
import { getTaxSummaryRoute } from "./reports/get-tax-summary.ts";
import { getTeamUtilizationRoute } from "./reports/get-team-utilization.ts";
import { getRevenueIntelligenceRoute } from "./revenue-intelligence/get-revenue-intelligence.ts";
import { getBilledVsCollectedRoute } from "./reports/get-billed-vs-collected.ts";
import { getBillingCoverageRoute } from "./reports/get-billing-coverage.ts";
import { getBillingPipelineRoute } from "./reports/get-billing-pipeline.ts";
import { getClientHealthRoute } from "./reports/get-client-health.ts";
import { getCollectionsRoute } from "./reports/get-collections.ts";
import { getDailyTimeRoute } from "./reports/get-daily-time.ts";
import { getIncomeRoute } from "./reports/get-income.ts";
import { getProjectTimeBreakdownRoute } from "./reports/get-project-time-breakdown.ts";
import { getReceivablesRoute } from "./reports/get-receivables.ts";
import { getReportSummaryRoute } from "./reports/get-summary.ts";
import { getTagTimeBreakdownRoute } from "./reports/get-tag-time-breakdown.ts";
import { getTaskTimeRoute } from "./reports/get-task-time.ts";
import { getTaxLiabilityRoute } from "./reports/get-tax-liability.ts";
import { getTaxRoute } from "./reports/get-tax.ts";
import { getTimesheetRoute } from "./reports/get-timesheet.ts";
import { getUnbilledWipRoute } from "./reports/get-unbilled-wip.ts";
import { getUnpaidInvoicesRoute } from "./reports/get-unpaid-invoices.ts";

/** What it all comes to: the dashboard, the reports, and what could be billed. */
export const reportRoutes: readonly Route[] = [
  getDashboardStatsRoute,
  getRevenueChartRoute,
  getRecentActivityRoute,
  getAgingRoute,
  getUnbilledByClientRoute,
  getRevenueByClientRoute,
  getProfitLossRoute,
  getAccountAgingRoute,
  getTaxSummaryRoute,
  getTeamUtilizationRoute,
  getExpenseReportRoute,
  getInvoiceSummaryRoute,
  getAnalyticsRoute,
  getRevenueIntelligenceRoute,
  getReportSummaryRoute,
  getTaskTimeRoute,
  getDailyTimeRoute,
  getIncomeRoute,
  getTaxRoute,
  getReceivablesRoute,
  getUnbilledWipRoute,
  getCollectionsRoute,
  getClientHealthRoute,
  getBillingPipelineRoute,
  getBillingCoverageRoute,
  getUnpaidInvoicesRoute,
  getBilledVsCollectedRoute,
  getTaxLiabilityRoute,
  getTimesheetRoute,
  getProjectTimeBreakdownRoute,
  getTagTimeBreakdownRoute,
  getBillingHubSummaryRoute,
  getInvoiceSelectionRoute,
];
