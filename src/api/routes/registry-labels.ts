import type { Route } from "../define-route.ts";
import { deleteCategoryRoute } from "./categories/delete-category.ts";
import { getCategoriesRoute } from "./categories/get-categories.ts";
import { getCategoryRoute } from "./categories/get-category.ts";
import { postCategoryRoute } from "./categories/post-category.ts";
import { putCategoryRoute } from "./categories/put-category.ts";
import { deleteTagRoute } from "./tags/delete-tag.ts";
import { getTagRoute } from "./tags/get-tag.ts";
import { getTagsRoute } from "./tags/get-tags.ts";
import { postTagRoute } from "./tags/post-tag.ts";
import { putTagRoute } from "./tags/put-tag.ts";
import { deleteTaxRateRoute } from "./tax-rates/delete-tax-rate.ts";
import { getTaxRateRoute } from "./tax-rates/get-tax-rate.ts";
import { getTaxRatesRoute } from "./tax-rates/get-tax-rates.ts";
import { postTaxRateRoute } from "./tax-rates/post-tax-rate.ts";
import { putTaxRateRoute } from "./tax-rates/put-tax-rate.ts";

/** What records are filed under and taxed with by name: categories, tags, tax rates. */
export const labelRoutes: readonly Route[] = [
  getTaxRatesRoute,
  postTaxRateRoute,
  getTaxRateRoute,
  putTaxRateRoute,
  deleteTaxRateRoute,
  getCategoriesRoute,
  postCategoryRoute,
  getCategoryRoute,
  putCategoryRoute,
  deleteCategoryRoute,
  getTagsRoute,
  postTagRoute,
  getTagRoute,
  putTagRoute,
  deleteTagRoute,
];
