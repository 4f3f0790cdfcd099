import { expect, test } from "vitest";
import { setup } from "../../support/setup.ts";

test("what names a record or a person is a number, all other int8 are bigint, days are text", async () => {
  const { sql } = await setup();
  const [row] = await sql`
    select
      7::int8 as id, 8::int8 as client_id, 9::int8 as recorded_by, null::int8 as refunded_by,
      10::int8 as amount, '2026-03-02'::date as made_up_by
  `;
  expect(row).toEqual({
    id: 7,
    clientId: 8,
    recordedBy: 9,
    refundedBy: null,
    amount: 10n,
    madeUpBy: "2026-03-02",
  });
});
