import { z } from "zod";
import { attachReceipt } from "../../../actions/attach-receipt.ts";
import { lockExpense } from "../../../actions/change-expenses.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { expenseAnswer, presentExpense } from "./schema.ts";

/** POST /expenses/:id/receipt — of an expense on an invoice, too: it is the proof of it. */
export const postExpenseReceiptRoute = defineRoute({
  method: "post",
  path: "/expenses/:id/receipt",
  summary: "Upload a receipt for an expense",
  description:
    "A JPEG, PNG, GIF, WebP or PDF of up to 5 MB, told by its content. Replaces the one it has.",
  tag: "Expenses",
  access: { scope: "expenses:write" },
  params: z.object({ id: idParam }),
  upload: {
    field: "receipt",
    bytesMax: 5 * 1_048_576,
    kinds: ["jpg", "png", "gif", "webp", "pdf"],
    folder: "receipts",
  },
  answers: { 200: expenseAnswer },
  failures: [502],

  async run({ tx, company, user, now }, { params, file }) {
    const before = await lockExpense(tx, { companyId: company.id, id: params.id });
    const by = { company, causerId: user.id, now };
    const expense = await attachReceipt(tx, by, { expense: before, file });
    return { status: 200, body: { data: presentExpense(expense) }, version: expense };
  },
});
