/** Order statistics of few samples. */

export interface Quartiles {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/** Between two samples where a quartile falls between them; `NaN` of none. */
export function quartilesOf(samples: readonly number[]): Quartiles {
  const sorted = samples.toSorted((left, right) => left - right);
  const at = (part: number): number => {
    const position = (sorted.length - 1) * part;
    const below = sorted[Math.floor(position)] ?? NaN;
    const above = sorted[Math.ceil(position)] ?? NaN;
    return below + (above - below) * (position % 1);
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}
