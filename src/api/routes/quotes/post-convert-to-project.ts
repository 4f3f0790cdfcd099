import { z } from "zod";
import { convertQuoteToProject } from "../../../actions/convert-quote.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentProject, projectJson } from "../projects/schema.ts";

/** POST /quotes/:id/convert-to-project — once. */
export const postConvertToProjectRoute = defineRoute({
  method: "post",
  path: "/quotes/:id/convert-to-project",
  summary: "Convert a quote to a project",
  description:
    "Makes a project for the quote's client, named after its first line, with the company's hourly rate and " +
    "the quote's total as budget. The quote must be sent, viewed or accepted, and not converted to one yet " +
    "(409). Needs projects:write too.",
  tag: "Quotes",
  access: { scope: "quotes:write", further: ["projects:write"] },
  params: z.object({ id: idParam }),
  answers: { 201: z.object({ data: projectJson }) },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const project = await convertQuoteToProject(tx, by, { quoteId: params.id });
    return { status: 201, body: { data: presentProject(project) }, version: project };
  },
});
