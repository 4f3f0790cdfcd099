import { z } from "zod";
import { reorderTasks } from "../../../actions/change-tasks.ts";
import { defineRoute } from "../../define-route.ts";
import { id } from "../../inputs.ts";

const tasksMax = 10_000;

/** PATCH /tasks/reorder */
export const patchTasksReorderRoute = defineRoute({
  method: "patch",
  path: "/tasks/reorder",
  summary: "Reorder tasks",
  description:
    `Up to ${tasksMax} ids in the order wanted: those tasks exchange the places they have among them, and ` +
    "all others stay where they are. All are moved, or none.",
  tag: "Tasks",
  access: { scope: "tasks:write" },
  body: z.strictObject({
    task_ids: z
      .array(id)
      .min(1)
      .max(tasksMax)
      .refine((ids) => new Set(ids).size === ids.length, "Names a task twice."),
  }),
  answers: {
    200: z.object({
      data: z.object({
        moved: z.int().meta({ description: "How many have another place now." }),
      }),
    }),
  },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    return { status: 200, body: { data: await reorderTasks(tx, by, { ids: body.task_ids }) } };
  },
});
