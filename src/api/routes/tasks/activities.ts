import { localDate } from "../../inputs.ts";
import { idInBody } from "../invoices/line-inputs.ts";
import { timeEntryBody } from "../time-entries/schema.ts";

/** Work on a task; for whom and on what, the task says. */
export const activityBody = timeEntryBody
  .omit({ client_id: true, project_id: true, task_id: true })
  .extend({ service_id: idInBody.nullable().optional(), date: localDate.optional() });
