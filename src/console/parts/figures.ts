/** A few numbers in a row, large enough to be seen from afar. */

import { html, type View } from "./html.ts";
import { Sparkline } from "./sparkline.ts";

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
