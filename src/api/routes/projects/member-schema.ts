import { z } from "zod";
import type { ProjectMemberRow } from "../../../db/project-members.ts";
import { minorJson } from "../../units.ts";

export const memberJson = z
  .object({
    id: z.int().meta({ description: "The user's." }),
    name: z.string(),
    email: z.string(),
    hourly_rate: minorJson.nullable().meta({ description: "Minor units, on this project." }),
  })
  .meta({ id: "ProjectMember" });

export function presentMember(member: ProjectMemberRow) {
  return {
    id: member.id,
    name: member.name,
    email: member.email,
    hourly_rate: member.hourlyRate,
  };
}
