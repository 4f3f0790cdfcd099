/** Who is signed in: an employee of one business that has no books yet, and the owner of another. */
export function me({ accountId, businessId }: { accountId: string; businessId: number }): unknown {
  return {
    response: {
      id: 12_345,
      identity_id: 12_345,
      first_name: "Robin",
      last_name: "Mill",
      email: "robin@books.example",
      language: "en",
      confirmed_at: "2023-05-23T05:57:24Z",
      created_at: "2023-05-23T05:42:42Z",
      setup_complete: true,
      phone_numbers: [{ title: "", phone_number: null }],
      addresses: [null],
      groups: [
        {
          id: 1,
          group_id: 7_654,
          role: "owner",
          identity_id: 12_345,
          business_id: businessId,
          active: true,
        },
      ],
      subscription_statuses: { [accountId]: "active" },
      business_memberships: [
        membership(140_129, "business_employee", {
          id: businessId - 1,
          name: "Half set up",
          account_id: null,
        }),
        membership(140_130, "owner", {
          id: businessId,
          name: "Mill Lane Studio",
          account_id: accountId,
        }),
      ],
      roles: [],
    },
  };
}

function membership(
  id: number,
  role: string,
  business: { id: number; name: string; account_id: string | null },
): unknown {
  return {
    id,
    role,
    unacknowledged_change: false,
    business: {
      ...business,
      business_uuid: `00000000-0000-4000-8000-${String(business.id).padStart(12, "0")}`,
      date_format: "yyyy-mm-dd",
      address: {
        id: id + 1,
        street: "1 Mill Lane",
        city: "Toronto",
        province: "ON",
        country: "Canada",
        postal_code: "M6P 2T6",
      },
      phone_number: { id: id + 2, phone_number: "5550100" },
      business_clients: [],
    },
  };
}
