import {
  describeResource,
  type ResourceName,
  type VisState,
} from "../../connectors/freshbooks/resources.ts";

/** What can be taken over, each after what it refers to. */
export const importableResources = [
  "clients",
  "taxes",
  "items",
  "services",
  "projects",
  "invoice_profiles",
  "invoices",
  "credit_notes",
  "payments",
  "expenses",
  "time_entries",
  "estimates",
] as const satisfies readonly ResourceName[];
export type ImportableResource = (typeof importableResources)[number];

/** One list over there, read page by page. */
export interface Step {
  resource: ImportableResource;
  visState: VisState | null;
}

/** The lists of an import, in order. The same resources always make the same plan. */
export function planSteps(selected: readonly string[]): Step[] {
  return importableResources
    .filter((name) => selected.includes(name))
    .flatMap((resource) =>
      (describeResource(resource).visStates ?? [null]).map((visState) => ({ resource, visState })),
    );
}
