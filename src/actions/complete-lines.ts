import { parseScaled } from "../billing/money.ts";
import type { Tx } from "../db/client.ts";
import type { CompanyRow } from "../db/companies.ts";
import { listServiceTaxes, type ServiceTaxesRow } from "../db/invoice-references.ts";
import { InvalidInput } from "../errors.ts";
import type { LineDraft } from "./price-invoice.ts";

export type LineTaxes = Pick<LineDraft, "taxName1" | "taxRate1" | "taxName2" | "taxRate2">;

/** A line as a request gives it. Scales as in `LineDraft`. */
export interface LineInput {
  /** A line the invoice has already. */
  id?: number | undefined;
  serviceId?: number | null | undefined;
  description: string;
  quantity: bigint;
  unitPrice: bigint;
  /** Left out when the request says nothing of tax. */
  taxes?: LineTaxes | undefined;
  sortOrder?: number | undefined;
}

/**
 * Fills in what a request left out of its lines: of a line that is there already its service and
 * taxes; of a new one the taxes of its service, or else the company's default taxes. Throws
 * `InvalidInput` for a line or a service that is not there; `fieldOf` names the field.
 */
export async function completeLines(
  tx: Tx,
  company: CompanyRow,
  input: {
    lines: readonly LineInput[];
    known: ReadonlyMap<number, LineDraft>;
    fieldOf: (index: number, field: string) => string;
  },
): Promise<LineDraft[]> {
  const { lines, known, fieldOf } = input;
  const services = await servicesOf(tx, company.id, lines);
  const seen = new Set<number>();
  return lines.map((line, index) => {
    const stored = line.id === undefined ? undefined : known.get(line.id);
    if (line.id !== undefined && (stored === undefined || seen.has(line.id))) {
      const text = stored === undefined ? "There is no such line on this invoice." : "Given twice.";
      throw new InvalidInput({ [fieldOf(index, "id")]: [text] });
    }
    if (line.id !== undefined) seen.add(line.id);

    const serviceId = line.serviceId === undefined ? (stored?.serviceId ?? null) : line.serviceId;
    const service = serviceId === null ? undefined : services.get(serviceId);
    if (typeof line.serviceId === "number" && service === undefined) {
      throw new InvalidInput({ [fieldOf(index, "service_id")]: ["There is no such service."] });
    }
    return {
      ...(line.id === undefined ? {} : { id: line.id }),
      serviceId,
      description: line.description,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      ...(line.taxes ?? taxesOf(stored) ?? taxesOfService(service) ?? defaultTaxes(company)),
      sortOrder: line.sortOrder ?? index,
    };
  });
}

/** As `completeLines`, for the one line of a line-item endpoint, whose fields have plain names. */
export async function completeLine(
  tx: Tx,
  company: CompanyRow,
  line: LineInput,
  known: readonly (LineDraft & { id: number })[] = [],
): Promise<LineDraft> {
  const [draft] = await completeLines(tx, company, {
    lines: [line],
    known: new Map(known.map((stored) => [stored.id, stored])),
    fieldOf: plainField,
  });
  return draft!;
}

/** How the line-item endpoints know a field of their line. */
export function plainField(_index: number, field: string): string {
  return field;
}

async function servicesOf(
  tx: Tx,
  companyId: number,
  lines: readonly LineInput[],
): Promise<Map<number, ServiceTaxesRow>> {
  const ids = new Set(lines.flatMap(({ serviceId }) => serviceId ?? []));
  if (ids.size === 0) return new Map();
  const services = await listServiceTaxes(tx, { companyId, ids: [...ids] });
  return new Map(services.map((service) => [service.id, service]));
}

function taxesOf(stored: LineDraft | undefined): LineTaxes | undefined {
  if (stored === undefined) return undefined;
  const { taxName1, taxRate1, taxName2, taxRate2 } = stored;
  return { taxName1, taxRate1, taxName2, taxRate2 };
}

function taxesOfService(service: ServiceTaxesRow | undefined): LineTaxes | undefined {
  const isTaxed = service !== undefined && (service.taxRate1 ?? service.taxRate2) !== null;
  return isTaxed ? storedTaxes(service) : undefined;
}

function defaultTaxes(company: CompanyRow): LineTaxes {
  return storedTaxes({
    taxName1: company.defaultTaxName1,
    taxRate1: company.defaultTaxRate1,
    taxName2: company.defaultTaxName2,
    taxRate2: company.defaultTaxRate2,
  });
}

/** A name without a rate is no tax. */
function storedTaxes(stored: Omit<ServiceTaxesRow, "id">): LineTaxes {
  const taxRate1 = stored.taxRate1 === null ? null : (parseScaled(stored.taxRate1, 3) ?? null);
  const taxRate2 = stored.taxRate2 === null ? null : (parseScaled(stored.taxRate2, 3) ?? null);
  return {
    taxName1: taxRate1 === null ? null : stored.taxName1,
    taxRate1,
    taxName2: taxRate2 === null ? null : stored.taxName2,
    taxRate2,
  };
}
