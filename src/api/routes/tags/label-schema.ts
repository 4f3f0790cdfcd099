import { z } from "zod";
import {
  countLabels,
  labelSortFields,
  listLabels,
  type LabelKind,
  type LabelRow,
} from "../../../db/labels.ts";
import {
  instantJson,
  listAnswer,
  pageOf,
  pageQuery,
  presentInstant,
  type Answer,
} from "../../answers.ts";
import type { CompanyContext, DatabaseOf } from "../../context.ts";
import { filterQuery, searchQuery, sortQuery } from "../../inputs.ts";

const label = z.object({
  id: z.int(),
  name: z.string(),
  created_at: instantJson,
  updated_at: instantJson,
});
export const tagJson = label.meta({ id: "Tag" });
export const categoryJson = label.meta({ id: "Category" });

/** Of a tag or a category. */
function presentLabel(row: LabelRow) {
  return {
    id: row.id,
    name: row.name,
    created_at: presentInstant(row.createdAt),
    updated_at: presentInstant(row.updatedAt),
  };
}

export function answerLabel(row: LabelRow): Answer {
  return { status: 200, body: { data: presentLabel(row) }, version: row };
}

export const labelsQuery = z.strictObject({
  ...pageQuery,
  search: searchQuery,
  filter: filterQuery({ search: searchQuery, name: searchQuery }),
  sort: sortQuery(labelSortFields),
});

/** One page of a company's tags or categories. */
export async function answerLabels(
  { sql, company }: CompanyContext & DatabaseOf<"get", true>,
  kind: LabelKind,
  query: z.output<typeof labelsQuery>,
): Promise<Answer> {
  const page = pageOf(query);
  const filter = {
    kind,
    companyId: company.id,
    search: query.filter?.search ?? query.filter?.name ?? query.search,
  };
  const sort = query.sort ?? { field: "name", isDescending: false };
  const [labels, total] = await Promise.all([
    listLabels(sql, { ...filter, ...page, sort }),
    countLabels(sql, filter),
  ]);
  return listAnswer(labels.map(presentLabel), { ...page, total });
}
