import { calendarId } from "./google-recipes.ts";
import { importClients } from "./freshbooks-recipes.ts";
import {
  client,
  forgetful,
  issuedInvoice,
  otherCompany,
  project,
  recipes,
  service,
} from "./record-recipes.ts";
import { slackChannel } from "./slack-recipes.ts";
import type { Made, World } from "./world.ts";

/** A good value of a field; `records` are those of the address. */
type FieldRecipe = (world: World, records: readonly Made[]) => unknown;

const idOf =
  (recipe: (world: World, records: readonly Made[]) => Promise<Made>): FieldRecipe =>
  async (world) =>
    (await recipe(world, [])).id;

/** Good values that the type of a field does not tell, by its name. */
const byName: Readonly<Record<string, FieldRecipe>> = {
  client_id: idOf(client),
  company_id: ({ companyId }) => companyId,
  project_id: idOf(project),
  service_id: idOf(service),
  invoice_id: idOf(issuedInvoice),
  invoice_ids: async (world) => [(await issuedInvoice(world, [])).id],
  user_id: async (world) => (await world.colleague("member")).userId,
  category_id: async (world) => (await recipes["categories"]!(world, [])).id,
  tax_rate_id: async (world) => (await recipes["tax-rates"]!(world, [])).id,
  tax_rate_ids: async (world) => [(await recipes["tax-rates"]!(world, [])).id],
  payment_id: async (world) => (await recipes["payments"]!(world, [])).id,
  target_company_id: idOf(otherCompany),
  import_id: async (world) => (await importClients(world)).import_id,
  time_entry_ids: async (world) => [(await recipes["time-entries"]!(world, [])).id],
  task_id: async (world) => (await recipes["tasks"]!(world, [])).id,
  task_ids: async (world) => [(await recipes["tasks/invoice-import-candidates"]!(world, [])).id],
  // Of the rule that the recipe makes.
  record_ids: async (world) => [(await recipes["tasks"]!(world, [])).id],
  tag_id: async (world) => (await recipes["tags"]!(world, [])).id,
  expense_ids: async (world) => [(await recipes["expenses"]!(world, [])).id],
  primary_color: () => "#1a1a2e",
  secondary_color: () => "#1e40af",
  accent_color: () => "#3b82f6",
  font_family: () => "Helvetica",
  channel: () => slackChannel,
  tags: async (world) => [(await recipes["tags"]!(world, []))["name"]],
  email: ({ userId }) => `person-${userId}-${Math.random()}@sweep.test`,
  cc: () => ["cc@sweep.test"],
  password: () => "correct horse battery",
  currency: () => "USD",
  country: () => "US",
  timezone: () => "America/Chicago",
  invoice_prefix: () => "INV-2026/-",
  date: () => "2026-03-02",
  issue_date: () => "2026-03-02",
  due_date: () => "2026-04-01",
  expiry_date: () => "2026-04-01",
  start_date: () => "2026-03-02",
  end_date: () => "2027-03-01",
  next_generate_date: () => "2026-03-02",
  payment_date: () => "2026-03-02",
  expense_date: () => "2026-03-02",
  business_date: () => "2026-03-02",
  starts_at: () => "2026-03-03T09:00:00Z",
  ends_at: () => "2026-03-03T10:30:00Z",
  from: () => "2026-01-01",
  to: () => "2026-12-31",
  through: () => "2026-03-02",
  expires_at: () => "2027-01-01T00:00:00Z",
  now: () => "2026-03-02T09:00:00Z",
  discount_value: () => 10,
  quantity: () => 52.0001,
  sort_order: () => 1,
  interval: () => 2,
  max_occurrences: () => 66,
  reminder_number: () => 3,
  days_offset: () => 22,
  role: () => "member",
  scopes: () => ["clients:read"],
  url: () => "https://hooks.sweep.test/elsewhere",
  website: () => "https://app.sweep.test/about",
  redirect_uris: () => ["https://app.sweep.test/done"],
  event_types: () => ["webhook.disabled"],
  subject_type: () => "invoice",
  subject_id: idOf(issuedInvoice),
};

/** Where one operation wants something else than others do. */
const byOperation: Readonly<Record<string, Readonly<Record<string, FieldRecipe>>>> = {
  "POST /auth/login": { email: ({ email }) => email },
  "POST /auth/reset-password": {
    token: idOf(forgetful),
    email: async (world) => (await forgetful(world, []))["email"],
  },
  "POST /credits/{}/apply": { amount: () => 100 },
  "POST /settings/freshbooks/credentials": { client_id: () => "abc123" },
  "POST /settings/freshbooks/import": { selected_resources: () => ["clients"] },
  "POST /billing/checkout": { plan: () => "starter", price_id: () => "price_starter_monthly" },
  "POST /webhooks/{}/replay": { from: () => "2026-03-01T00:00:00Z" },
  "PUT /integrations/google-calendar/settings": { calendar_id: () => calendarId },
  "POST /rules": {
    event: () => "task.created",
    actions: () => [{ type: "alert", message: "Look at it" }],
  },
  "POST /tags": { name: ({ userId }) => `New ${userId}` },
  "PUT /tags/{}": { name: ({ userId }) => `Renamed ${userId}` },
  "POST /test-clock/advance": { to: () => "2026-03-03T09:00:00Z" },
  "POST /recurring-invoices/bulk-action": { action: () => "pause" },
};

/** Fields that an operation needs although its schema lets them be left out: it needs one of several. */
export function fieldsNeededBy(operation: string): string[] {
  return Object.keys(byOperation[operation] ?? {});
}

/** A good value for a field of an operation, where its name tells more than its type. */
export async function knownValue(
  world: World,
  operation: string,
  field: { name: string; records: readonly Made[] },
): Promise<{ value: unknown } | undefined> {
  const { records } = field;
  // "invoiceId" is "invoice_id", as another document has it.
  const name = field.name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const recipe = byOperation[operation]?.[name] ?? byName[name];
  if (recipe !== undefined) return { value: await recipe(world, records) };
  const collection = /^\w+ \/([\w-]+)/.exec(operation)?.[1] ?? "";
  // The records a bulk action or a filter names, and the line that an item of line_items is.
  const make = recipes[name === "id" ? `${collection}/line-items` : collection];
  if (make === undefined || !["id", "ids"].includes(name)) return undefined;
  const owners = name === "id" ? [await recipes[collection]!(world, [])] : [];
  const { id } = await make(world, owners);
  return { value: name === "id" ? id : [id] };
}
