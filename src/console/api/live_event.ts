/** What happens, as the admin API tells it while somebody looks. */

export interface LiveEvent {
  readonly type: string;
  /** Milliseconds since the Unix epoch, by the server's clock. */
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}
