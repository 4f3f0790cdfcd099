import type { Route } from "../define-route.ts";
import { deleteClientProjectRoute } from "./clients/delete-project.ts";
import { getClientProjectRoute } from "./clients/get-project.ts";
import { getClientProjectsRoute } from "./clients/get-projects.ts";
import { postClientProjectRoute } from "./clients/post-project.ts";
import { putClientProjectRoute } from "./clients/put-project.ts";
import { postImportTimeRoute } from "./invoices/post-import-time.ts";
import { deleteProjectMemberRoute } from "./projects/delete-member.ts";
import { deleteProjectRoute } from "./projects/delete-project.ts";
import { getProjectMembersRoute } from "./projects/get-members.ts";
import { getProjectRoute } from "./projects/get-project.ts";
import { getProjectsRoute } from "./projects/get-projects.ts";
import { getProjectStatsRoute } from "./projects/get-stats.ts";
import { postProjectArchiveRoute } from "./projects/post-archive.ts";
import { postProjectsBulkActionRoute } from "./projects/post-bulk-action.ts";
import { postProjectMemberRoute } from "./projects/post-member.ts";
import { postProjectMoveRoute } from "./projects/post-move.ts";
import { postProjectRoute } from "./projects/post-project.ts";
import { postProjectUnarchiveRoute } from "./projects/post-unarchive.ts";
import { putProjectRoute } from "./projects/put-project.ts";
import { deleteScheduleEntryRoute } from "./schedule/delete-schedule-entry.ts";
import { getScheduleEntryRoute } from "./schedule/get-schedule-entry.ts";
import { getScheduleRoute } from "./schedule/get-schedule.ts";
import { postScheduleEntryRoute } from "./schedule/post-schedule-entry.ts";
import { putScheduleEntryRoute } from "./schedule/put-schedule-entry.ts";
import { deleteTimeEntriesBulkRoute } from "./time-entries/delete-bulk.ts";
import { deleteTimeEntryRoute } from "./time-entries/delete-time-entry.ts";
import { getResolveRateRoute } from "./time-entries/get-resolve-rate.ts";
import { getTimeEntriesRoute } from "./time-entries/get-time-entries.ts";
import { getTimeEntryRoute } from "./time-entries/get-time-entry.ts";
import { getUnbilledTimeRoute } from "./time-entries/get-unbilled.ts";
import { postTimeEntryApproveRoute } from "./time-entries/post-approve.ts";
import { postTimeEntriesBulkApproveRoute } from "./time-entries/post-bulk-approve.ts";
import { postTimeEntriesBulkRoute } from "./time-entries/post-bulk.ts";
import { postTimeEntryRejectRoute } from "./time-entries/post-reject.ts";
import { postTimeEntryRoute } from "./time-entries/post-time-entry.ts";
import { putTimeEntryRoute } from "./time-entries/put-time-entry.ts";
import { deleteTimerDiscardRoute } from "./timer/delete-discard.ts";
import { getTimerCurrentRoute } from "./timer/get-current.ts";
import { postTimerStartRoute } from "./timer/post-start.ts";
import { putTimerStopRoute } from "./timer/put-stop.ts";

/** What is worked, and planned: projects, time entries, the timer and the schedule. */
export const workRoutes: readonly Route[] = [
  postProjectsBulkActionRoute,
  getProjectsRoute,
  postProjectRoute,
  getProjectRoute,
  putProjectRoute,
  deleteProjectRoute,
  postProjectArchiveRoute,
  postProjectUnarchiveRoute,
  postProjectMoveRoute,
  getProjectStatsRoute,
  getProjectMembersRoute,
  postProjectMemberRoute,
  deleteProjectMemberRoute,
  getClientProjectsRoute,
  postClientProjectRoute,
  getClientProjectRoute,
  putClientProjectRoute,
  deleteClientProjectRoute,
  // Before /time-entries/:id, which would take them for ids.
  getResolveRateRoute,
  getUnbilledTimeRoute,
  postTimeEntriesBulkRoute,
  deleteTimeEntriesBulkRoute,
  postTimeEntriesBulkApproveRoute,
  getTimeEntriesRoute,
  postTimeEntryRoute,
  getTimeEntryRoute,
  putTimeEntryRoute,
  deleteTimeEntryRoute,
  postTimeEntryApproveRoute,
  postTimeEntryRejectRoute,
  postTimerStartRoute,
  putTimerStopRoute,
  getTimerCurrentRoute,
  deleteTimerDiscardRoute,
  postImportTimeRoute,
  getScheduleRoute,
  postScheduleEntryRoute,
  getScheduleEntryRoute,
  putScheduleEntryRoute,
  deleteScheduleEntryRoute,
];
