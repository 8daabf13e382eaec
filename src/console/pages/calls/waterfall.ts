/** The phases of a call, one below the other, as long as they took. */

import type { CallDetail, Try } from "../../api/answers.ts";
import { html, type View } from "../../parts/html.ts";
import { duration, money } from "../../words/numbers.ts";
import { outcomeLabel } from "../../words/outcomes.ts";

interface Bar {
  readonly name: string;
  readonly note?: string | undefined;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly kind: string;
}

export function Waterfall({ call }: { call: CallDetail }): View {
  const bars = barsOf(call);
  const wholeMs = Math.max(call.duration_ms ?? 0, ...bars.map(({ untilMs }) => untilMs), 1);
  return html`<ol class="waterfall">${
    bars.map(({ name, note, fromMs, untilMs, kind }) =>
      html`<li>
        <span>${name}</span>
        <span class="track"><i class=${`bar o-${kind}`} style=${{
        left: `${fromMs / wholeMs * 100}%`,
        width: `${Math.max(0.4, (untilMs - fromMs) / wholeMs * 100)}%`,
      }}></i></span>
        <span class="number">${duration(untilMs - fromMs)}</span>
        ${note && html`<small>${note}</small>`}
      </li>`
    )
  }</ol>`;
}

function barsOf({ queue_ms, first_token_ms, duration_ms = 0, tries, outcome }: CallDetail): Bar[] {
  const bars: Bar[] = [];
  if (queue_ms) {
    bars.push({ name: "Waited for a turn", fromMs: 0, untilMs: queue_ms, kind: "queue" });
  }
  for (const attempt of tries) bars.push(barOf(attempt));
  if (first_token_ms !== undefined && duration_ms > first_token_ms) {
    bars.push({
      name: "Answer to the client",
      fromMs: first_token_ms,
      untilMs: duration_ms,
      kind: outcome,
    });
  }
  if (bars.length === 0) {
    bars.push({ name: "Answered by Weir", fromMs: 0, untilMs: duration_ms, kind: outcome });
  }
  return bars;
}

function barOf(
  { provider, model, key, sent_ms, ended_ms, status, outcome, cause, cost }: Try,
): Bar {
  const note = [
    outcome === "complete" ? "" : outcomeLabel(outcome),
    status ? `status ${status}` : "",
    key ? `key ${key}` : "",
    cost ? money(cost) : "",
    cause ?? "",
  ];
  return {
    name: `${provider} · ${model}`,
    note: note.filter((part) => part !== "").join(" · "),
    fromMs: sent_ms,
    untilMs: Math.max(ended_ms, sent_ms),
    kind: outcome,
  };
}
