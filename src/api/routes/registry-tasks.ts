import type { Route } from "../define-route.ts";
import { deleteActivityRoute } from "./tasks/delete-activity.ts";
import { deleteTaskRoute } from "./tasks/delete-task.ts";
import { getActivitiesRoute } from "./tasks/get-activities.ts";
import { getActivityRoute } from "./tasks/get-activity.ts";
import { getTaskCandidatesRoute } from "./tasks/get-candidates.ts";
import { getTaskNotesRoute } from "./tasks/get-notes.ts";
import { getTaskRoute } from "./tasks/get-task.ts";
import { getTasksRoute } from "./tasks/get-tasks.ts";
import { patchTasksReorderRoute } from "./tasks/patch-reorder.ts";
import { postActivityRoute } from "./tasks/post-activity.ts";
import { postTaskRoute } from "./tasks/post-task.ts";
import { putActivityRoute } from "./tasks/put-activity.ts";
import { putTaskRoute } from "./tasks/put-task.ts";

/** What is to be done, and the time worked on it. */
export const taskRoutes: readonly Route[] = [
  // Before /tasks/:task, which would take them for ids.
  getTaskNotesRoute,
  getTaskCandidatesRoute,
  patchTasksReorderRoute,
  getTasksRoute,
  postTaskRoute,
  getTaskRoute,
  putTaskRoute,
  deleteTaskRoute,
  getActivitiesRoute,
  postActivityRoute,
  getActivityRoute,
  putActivityRoute,
  deleteActivityRoute,
];
