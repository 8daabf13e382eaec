/** Tables: dense, with a caption for who cannot see them, and fewer columns where there is little room. */

import { html, type View } from "./html.ts";

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => unknown;
  /** `number` is set to the right, `wide` is left out on narrow screens, `main` may take more room. */
  readonly kind?: string;
}

export function Table<Row>(
  { caption, columns, rows, keyOf }: {
    caption: string;
    columns: readonly Column<Row>[];
    rows: readonly Row[];
    keyOf: (row: Row) => string;
  },
): View {
  return html`
    <div class="table" role="region" aria-label=${caption} tabindex="0">
      <table>
        <caption class="hidden">${caption}</caption>
        <thead>
          <tr>
          ${columns.map(({ head, kind }) => html`<th scope="col" class=${kind}>${head}</th>`)}
        </tr>
        </thead>
        <tbody>
          ${rows.map((row) =>
            html`<tr key=${keyOf(row)}>
              ${columns.map(({ cell, kind }) => html`<td class=${kind}>${cell(row)}</td>`)}
            </tr>`
          )}
        </tbody>
      </table>
    </div>
  `;
}

/** Names and their values; those without one are left out. */
export function Facts(
  { facts }: { facts: readonly (readonly [name: string, value: unknown])[] },
): View {
  return html`<dl class="facts">${
    facts.filter(([, value]) => value !== undefined && value !== null && value !== "").map(
      ([name, value]) =>
        html`
          <div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>
        `,
    )
  }</dl>`;
}
