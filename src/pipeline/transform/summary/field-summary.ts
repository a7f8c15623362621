/** What the values of a field add up to. */
export interface FieldSummary {
  /**
   * Adds the value of a record.
   *
   * @param bytes hold its JSON between start and end
   * @param view of the same bytes
   */
  add(bytes: Buffer, view: DataView, start: number, end: number): void;
}
