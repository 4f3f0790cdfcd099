import { z } from "zod";
import { ageBases } from "../../../db/receivables.ts";

/** Of what day an invoice's age is counted: the report's own question, not the contract's. */
export const ageQuery = {
  age_from: z
    .enum(ageBases)
    .default("issue_date")
    .meta({ description: "Count days from the day of issue, or from the due date." }),
};
