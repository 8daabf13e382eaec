/** One conversation as it is shown; what a model says is text, whatever it looks like. */

import { useEffect, useRef } from "preact/hooks";
import { html, type View } from "../../parts/html.ts";
import { Note } from "../../parts/text.ts";
import { linkTo } from "../../shell/route.ts";
import { count, duration } from "../../words/numbers.ts";
import type { Answer, Conversation } from "./conversation.ts";
import type { Turn } from "./surface.ts";

export function ConversationView(
  { conversation, model }: { conversation: Conversation; model: string },
): View {
  const answer = conversation.answer.value;
  return html`<section class="panel conversation" aria-label=${`Answers of ${
    model || "the model"
  }`}>
    <h2>${model || "No model chosen"}</h2>
    ${conversation.turns.value.map((turn) => html`<${TurnView} turn=${turn} />`)}
    ${answer && html`<${AnswerView} answer=${answer} isRunning=${conversation.isRunning.value} />`}
    <${Frames} frames=${conversation.frames.value} />
  </section>`;
}

function TurnView({ turn: { role, text, image } }: { turn: Turn }): View {
  return html`<div class=${`turn ${role}`}><p>${text}</p>${
    image !== undefined && html`<img src=${image} alt="The picture that was sent" />`
  }</div>`;
}

function AnswerView({ answer, isRunning }: { answer: Answer; isRunning: boolean }): View {
  const { text, reasoning, tool, error, warning } = answer;
  return html`<div class="turn assistant" aria-live="polite" aria-busy=${isRunning}>
    ${reasoning !== "" && html`<p class="reasoning">${reasoning}</p>`}
    ${text !== "" && html`<p>${text}</p>`}
    ${tool !== "" && html`<p class="mono">Calls ${tool}</p>`}
    ${error !== "" && html`<p class="note bad" role="alert">${error}</p>`}
    ${warning !== "" && html`<${Note} tone="warn">${warning}<//>`}
    <${Facts} answer=${answer} />
  </div>`;
}

function Facts({ answer: { status, firstTokenMs, tookMs, requestId } }: { answer: Answer }): View {
  const parts = [
    status > 0 && `status ${status}`,
    firstTokenMs !== undefined && `first token ${duration(firstTokenMs)}`,
    tookMs === undefined ? "…" : `took ${duration(tookMs)}`,
  ].filter(Boolean);
  return html`<small>${parts.join(" · ")}${
    tookMs !== undefined && requestId !== "" && html`
      · <a href=${linkTo("calls", requestId)}>See it in the ledger</a>
    `
  }</small>`;
}

function Frames({ frames }: { frames: readonly string[] }): View {
  const element = useRef<HTMLPreElement>(null);
  useEffect(() => {
    const box = element.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
  }, [frames]);
  return html`
    <details class="frames" open>
      <summary>Events, ${count(frames.length)}</summary>
      <pre ref=${element} tabindex="0" role="region" aria-label="Events as they came">${frames.join(
        "\n\n",
      )}</pre>
    </details>
  `;
}
