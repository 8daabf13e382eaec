/** The way through a list that comes in pages. */

import { html, type View } from "./html.ts";

/** Cursors of the pages that lie before the one that is shown. */
export type Trail = readonly string[];

export function Pager(
  { trail, next, onChange, names = ["Newer", "Older"] }: {
    trail: Trail;
    next: string | null | undefined;
    onChange: (trail: Trail) => void;
    names?: readonly [back: string, on: string];
  },
): View {
  if (trail.length === 0 && !next) return null;
  return html`
    <div class="pager">
      <button type="button" disabled=${trail.length === 0}
        onClick=${() => onChange(trail.slice(0, -1))}>${names[0]}</button>
      <button type="button" disabled=${!next}
        onClick=${() => next && onChange([...trail, next])}>${names[1]}</button>
    </div>
  `;
}
