/** A line without axes beside a number. */

import { html, type View } from "./html.ts";

const WIDTH = 120;
const HEIGHT = 28;

export function Sparkline({ values }: { values: readonly number[] }): View {
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
