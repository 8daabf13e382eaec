/** Small pieces of a page that only show something. */

import { html, type View } from "./html.ts";
import { outcomeLabel } from "../words/outcomes.ts";
import { exactly, moment } from "../words/times.ts";
import type { ApiError } from "../api/request.ts";

/** A coloured dot and a word: nobody has to tell colours apart. */
export function Outcome({ outcome }: { outcome: string }): View {
  return html`<span class=${`outcome o-${outcome}`}>${outcomeLabel(outcome)}</span>`;
}

/** A state that is good, bad, or something between. */
export function Tag({ tone = "", children }: { tone?: string; children?: unknown }): View {
  return html`<span class=${`tag ${tone}`}>${children}</span>`;
}

export function When({ at }: { at: string }): View {
  return html`<time datetime=${at} title=${exactly(at)}>${moment(at)}</time>`;
}

export function ErrorNote({ error }: { error: ApiError | undefined }): View {
  return error === undefined ? null : html`<p class="note bad" role="alert">${error.message}</p>`;
}

export function Note({ tone = "", children }: { tone?: string; children?: unknown }): View {
  return html`<p class=${`note ${tone}`}>${children}</p>`;
}

/** What stands where there is nothing yet, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: unknown }): View {
  return html`<div class="empty"><strong>${title}</strong><p>${children}</p></div>`;
}

/** A page's heading, which takes the focus when it is shown, and what can be done there. */
export function PageHead(
  { title, lead, children }: { title: unknown; lead?: unknown; children?: unknown },
): View {
  return html`
    <header class="page-head">
      <div>
        <h1 tabindex="-1">${title}</h1>
        ${lead && html`<p class="lead">${lead}</p>`}
      </div>
      <div class="actions">${children}</div>
    </header>
  `;
}

/** A part of a page with a heading of its own. */
export function Section(
  { title, actions, children }: { title: string; actions?: unknown; children?: unknown },
): View {
  return html`
    <section class="panel">
      <div class="section-head"><h2>${title}</h2><div class="actions">${actions}</div></div>
      ${children}
    </section>
  `;
}
