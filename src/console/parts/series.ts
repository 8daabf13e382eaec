/** Values over time, of which a chart shows several on top of each other. */

export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

/** As many as there are colours. */
export const MAX_SERIES = 8;
