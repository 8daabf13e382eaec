/** A row as a database gives it; what another version has written there may be anything. */
export type Row = Readonly<Record<string, unknown>>;
