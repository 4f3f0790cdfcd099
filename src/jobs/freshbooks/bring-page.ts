import type { Acting } from "../../actions/acting.ts";
import { clientWriter } from "../../actions/bring-in-client.ts";
import { createInvoiceWriter } from "../../actions/bring-in-invoice.ts";
import { creditWriter } from "../../actions/bring-in-payment.ts";
import { quoteWriter } from "../../actions/bring-in-quote.ts";
import {
  bringInRecords,
  type Brought,
  type ImportScope,
  type Incoming,
  type RecordWriter,
} from "../../actions/bring-in-records.ts";
import { seriesWriter } from "../../actions/bring-in-series.ts";
import {
  createServiceWriter,
  expenseWriter,
  projectWriter,
  taxRateWriter,
  timeWriter,
} from "../../actions/bring-in-work.ts";
import type { Tx } from "../../db/client.ts";
import { listTaxRatesByIds } from "../../db/tax-rates.ts";
import { bringPayments } from "./bring-payments.ts";
import { mapClient } from "./map-client.ts";
import { mapInvoice } from "./map-invoice.ts";
import { mapCredit, mapEstimate, mapProfile } from "./map-papers.ts";
import { mapExpense, mapItem, mapProject, mapService, mapTax, mapTime } from "./map-work.ts";
import type { AnyPage } from "./read-page.ts";
import { lookUp, type Refs } from "./refs.ts";
import { mapEach } from "./unmappable.ts";

const writeItem = createServiceWriter("item");
const writeService = createServiceWriter("service");
const writeInvoice = createInvoiceWriter("freshbooks");

/** Takes a page of any resource over, after the clients that it needs. */
export async function bringPage(
  tx: Tx,
  by: Acting,
  scope: ImportScope,
  page: AnyPage,
): Promise<Brought> {
  const bring = async <Record extends { id: string }, Fields>(
    writer: RecordWriter<Fields>,
    records: readonly Record[],
    map: (record: Record) => Incoming<Fields>,
  ): Promise<Brought> => await bringInRecords(tx, by, scope, writer, mapEach(records, map));
  const refsOf = (kind: string, ids: readonly (string | null)[]): Promise<Refs> =>
    lookUp(tx, scope, kind, ids);

  const added = await bringInRecords(
    tx,
    by,
    { ...scope, resource: "clients", reimportExisting: false },
    clientWriter,
    mapEach(page.missingClients, (client) => mapClient(client, by.company)),
  );
  const brought = await bringRecords();
  return { ...brought, items: [...added.items, ...brought.items] };

  async function bringRecords(): Promise<Brought> {
    switch (page.name) {
      case "clients":
        return await bring(clientWriter, page.records, (client) => mapClient(client, by.company));
      case "taxes":
        return await bring(taxRateWriter, page.records, mapTax);
      case "items": {
        const taxes = await readTaxes(page.records.flatMap(({ tax1, tax2 }) => [tax1, tax2]));
        return await bring(writeItem, page.records, (item) => mapItem(item, by, taxes));
      }
      case "services":
        return await bring(writeService, page.records, mapService);
      case "projects": {
        const clients = await refsOf(
          "client",
          page.records.map((each) => each.client_id),
        );
        return await bring(projectWriter, page.records, (project) =>
          mapProject(project, {
            clientId: clients.getOrNull(project.client_id),
            currency: by.company.currency,
          }),
        );
      }
      case "invoice_profiles": {
        const clients = await refsOf(
          "client",
          page.records.map((each) => each.customerid),
        );
        return await bring(seriesWriter, page.records, (profile) =>
          mapProfile(profile, { clientId: clients.get(profile.customerid) }),
        );
      }
      case "invoices": {
        const clients = await refsOf(
          "client",
          page.records.map((each) => each.customerid),
        );
        return await bring(writeInvoice, page.records, (invoice) =>
          mapInvoice(by, invoice, { clientId: clients.get(invoice.customerid) }),
        );
      }
      case "credit_notes": {
        const clients = await refsOf(
          "client",
          page.records.map((each) => each.clientid),
        );
        return await bring(creditWriter, page.records, (credit) =>
          mapCredit(credit, { clientId: clients.get(credit.clientid) }),
        );
      }
      case "payments":
        return await bringPayments(tx, by, scope, page.records);
      case "expenses": {
        const clients = await refsOf(
          "client",
          page.records.map((each) => each.clientid),
        );
        const projects = await refsOf(
          "project",
          page.records.map((each) => each.projectid),
        );
        return await bring(expenseWriter, page.records, (expense) =>
          mapExpense(expense, {
            clientId: clients.getOrNull(expense.clientid),
            projectId: projects.find(expense.projectid) ?? null,
            category: page.categories.get(expense.categoryid ?? "") ?? "",
          }),
        );
      }
      case "time_entries": {
        const clients = await refsOf(
          "client",
          page.records.map((each) => each.client_id),
        );
        const projects = await refsOf(
          "project",
          page.records.map((each) => each.project_id),
        );
        const services = await refsOf(
          "service",
          page.records.map((each) => each.service_id),
        );
        return await bring(timeWriter, page.records, (entry) =>
          mapTime(entry, by, {
            clientId: clients.getOrNull(entry.client_id),
            projectId: projects.find(entry.project_id) ?? null,
            serviceId: services.find(entry.service_id) ?? null,
          }),
        );
      }
      case "estimates": {
        const clients = await refsOf(
          "client",
          page.records.map((each) => each.customerid),
        );
        return await bring(quoteWriter, page.records, (estimate) =>
          mapEstimate(estimate, { clientId: clients.get(estimate.customerid) }),
        );
      }
    }
  }

  async function readTaxes(
    ids: readonly (string | null)[],
  ): Promise<Map<string, { name: string; rate: string }>> {
    const refs = await refsOf("tax-rate", ids);
    const recordIds = ids.flatMap((id) => refs.find(id) ?? []);
    const rates = await listTaxRatesByIds(tx, { companyId: by.company.id, ids: recordIds });
    return new Map(
      ids.flatMap((id) => {
        const rate = rates.find((each) => each.id === refs.find(id));
        return id === null || rate === undefined ? [] : [[id, rate] as const];
      }),
    );
  }
}
