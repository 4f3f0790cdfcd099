/** From least to most. */
export const planNames = ["free", "starter", "pro", "enterprise"] as const;
export type PlanName = (typeof planNames)[number];

/** What a plan limits the number of; invoices are those made in a calendar month. */
export type Counted = "clients" | "invoices" | "projects" | "members" | "companies";
export type Feature =
  | "apiAccess"
  | "recurringInvoices"
  | "timeTracking"
  | "quotes"
  | "clientPortal"
  | "billingReports";

export interface Plan {
  /** How many there may be; null for as many as you like. */
  limits: Readonly<Record<Counted, number | null>>;
  features: Readonly<Record<Feature, boolean>>;
}

const allFeatures: Plan["features"] = {
  apiAccess: true,
  recurringInvoices: true,
  timeTracking: true,
  quotes: true,
  clientPortal: true,
  billingReports: true,
};

/** The plans of the base contract; enterprise is ours, and limits nothing. */
export const plans: Readonly<Record<PlanName, Plan>> = {
  free: {
    limits: { clients: 5, invoices: 5, projects: 3, members: 1, companies: 1 },
    features: {
      apiAccess: false,
      recurringInvoices: false,
      timeTracking: false,
      quotes: false,
      clientPortal: false,
      billingReports: false,
    },
  },
  starter: {
    limits: { clients: 25, invoices: 50, projects: 10, members: 3, companies: 2 },
    features: { ...allFeatures, apiAccess: false },
  },
  pro: {
    limits: { clients: null, invoices: null, projects: null, members: 25, companies: 5 },
    features: allFeatures,
  },
  enterprise: {
    limits: { clients: null, invoices: null, projects: null, members: null, companies: null },
    features: allFeatures,
  },
};

/** The better of several plans; undefined of none. */
export function bestPlan(names: readonly PlanName[]): PlanName | undefined {
  return planNames.findLast((name) => names.includes(name));
}

/** The least plan that has a feature. */
export function leastPlanWith(feature: Feature): PlanName {
  return planNames.find((name) => plans[name].features[feature]) ?? "enterprise";
}
