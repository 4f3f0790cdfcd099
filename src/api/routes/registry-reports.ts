import type { Route } from "../define-route.ts";
import { getAnalyticsRoute } from "./analytics/get-analytics.ts";
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

/** What it all comes to: the dashboard and the reports. */
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
];
