/** The attention item of a series that is parked, one while it is open. */
export function parkedItem(seriesId: number, reason: string) {
  return {
    kind: "series.parked",
    key: String(seriesId),
    title: `Recurring invoice ${seriesId} is parked: ${reason}`,
    subjectType: "recurring-invoice",
    subjectId: seriesId,
  };
}
