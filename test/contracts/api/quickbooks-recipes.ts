import type { World } from "./world.ts";

/** Connected, as far as the API can tell: nothing here asks QuickBooks. */
async function connectQuickBooks({ api, companyId }: World): Promise<void> {
  await api.sql`
    insert into connections (
      company_id, provider, status, external_id, credentials, created_at, updated_at
    )
    values (${companyId}, 'quickbooks', 'connected', 'realm', 'sealed', now(), now())
    on conflict (company_id, provider) do update
    set status = excluded.status, credentials = excluded.credentials
  `;
}

/** What operations need of QuickBooks. */
export const quickbooksPreparations: Readonly<Record<string, (world: World) => Promise<unknown>>> =
  {
    "POST /integrations/quickbooks/push": connectQuickBooks,
    "PUT /integrations/quickbooks/settings": connectQuickBooks,
  };
