/** A few numbers in a row, large enough to be seen from afar. */

import { html, type View } from "./html.ts";

export interface Figure {
  readonly name: string;
  readonly value: string | undefined;
  readonly note?: string | undefined;
  /** How it went lately, in place of a note. */
  readonly line?: readonly number[];
}

export function Figures({ figures }: { figures: readonly Figure[] }): View {
  return html`<dl class="figures">${
    figures.map(({ name, value, note, line }) =>
      html`
        <div>
          <dt>${name}</dt>
          <dd>${value || "–"}</dd>
          <dd class="small">${line ? html`<${Sparkline} values=${line} />` : note || " "}</dd>
        </div>
      `
    )
  }</dl>`;
}

const WIDTH = 120;
const HEIGHT = 28;

/** A line without axes beside a number. */
function Sparkline({ values }: { values: readonly number[] }): View {
  const most = Math.max(...values, 0.001);
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values.map((value, index) =>
    `${(index * step).toFixed(1)},${(HEIGHT - 2 - value / most * (HEIGHT - 4)).toFixed(1)}`
  ).join(" ");
  return html`
    <svg class="spark" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none"
      aria-hidden="true">
      <polyline points=${points} />
    </svg>
  `;
}
