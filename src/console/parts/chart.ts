/** Bars over time, stacked: elements that the style colours, so that they follow width and theme by themselves. */

import { useState } from "preact/hooks";
import { html, type View } from "./html.ts";
import type { Series } from "./series.ts";
import { Table } from "./table.ts";

export interface ChartProps {
  readonly label: string;
  /** Milliseconds since the Unix epoch, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly formatTime: (ms: number) => string;
}

const LINES = 4;
const MAX_TIME_LABELS = 6;

export function Chart({ label, times, series, format, formatTime }: ChartProps): View {
  const [pointed, setPointed] = useState<number>();
  const sums = times.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const top = roundUp(Math.max(...sums, 0));
  const every = Math.ceil(times.length / MAX_TIME_LABELS);
  const column = (time: number, at: number): View =>
    html`<div class="column" key=${time} onMouseEnter=${() => setPointed(at)}>${
      series.map(({ values }, index) =>
        html`<i class=${`s${index}`} style=${{ height: `${(values[at] ?? 0) / top * 100}%` }}></i>`
      )
    }</div>`;
  return html`
    <figure class="chart">
      <div class="plot" role="img" aria-label=${label} onMouseLeave=${() => setPointed(undefined)}>
          ${Array.from(
            { length: LINES + 1 },
            (_, line) =>
              html`<span class="grid" style=${{ bottom: `${line / LINES * 100}%` }}>${
                format(top * line / LINES)
              }</span>`,
          )}
          <div class="bars">${times.map(column)}</div>
          <div class="times">${times.map((time, at) =>
            html`<span>${at % every === 0 && formatTime(time)}</span>`
          )}</div>
        </div>
      <p class="pointed">${pointed === undefined ? " " : [
        formatTime(times[pointed] ?? 0),
        ...series.filter(({ values }) => values[pointed]).map(({ name, values }) =>
          `${name} ${format(values[pointed] ?? 0)}`
        ),
      ].join(" · ")}</p>
      <ul class="legend">${series.map(({ name }, index) =>
        html`<li class=${`s${index}`}>${name}</li>`
      )}</ul>
      <details>
        <summary>As a table</summary>
        <${Sums} label=${label} times=${times} sums=${sums} format=${format}
          formatTime=${formatTime} />
      </details>
    </figure>
  `;
}

function Sums(
  { label, times, sums, format, formatTime }: Omit<ChartProps, "series"> & {
    sums: readonly number[];
  },
): View {
  const columns = [
    { head: "Time", kind: "main", cell: (at: number) => formatTime(times[at] ?? 0) },
    { head: "Sum", kind: "number", cell: (at: number) => format(sums[at] ?? 0) },
  ];
  return html`
    <${Table} caption=${label} columns=${columns} rows=${[...times.keys()].reverse()}
      keyOf=${String} />
  `;
}

/** The next of 1, 2, 4, 8 or 10 times a power of ten, so that a quarter of it is a round number. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 4, 8].find((step) => step * power >= value) ?? 10);
}
