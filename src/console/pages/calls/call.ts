/** One call: how it went, what it cost, and what was said, where that was kept. */

import type { CallDetail } from "../../api/answers.ts";
import { ownAddress } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { CopyButton } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { Facts } from "../../parts/table.ts";
import { ErrorNote, Note, Outcome, PageHead, Section, When } from "../../parts/text.ts";
import { linkTo } from "../../shell/route.ts";
import { count, duration, money, size } from "../../words/numbers.ts";
import { outcomeSentence } from "../../words/outcomes.ts";
import { tagFor } from "../../words/fake_tags.ts";
import { startWith } from "../playground/prompt.ts";
import { Bodies } from "./bodies.ts";
import { curlOf } from "./curl.ts";
import { Waterfall } from "./waterfall.ts";

export function Call({ id }: { id: string }): View {
  const { data: call, error } = useAnswer<CallDetail>(`calls/${encodeURIComponent(id)}`);
  if (call === undefined) {
    return html`
      <${PageHead} title="Call" />
      <${ErrorNote} error=${error} />
    `;
  }
  return html`
    <${PageHead} title=${html`<${Outcome} outcome=${call.outcome} />`}
      lead=${html`<span class="mono">${call.request_id}</span>`}>
      <${CopyButton} text=${curlOf(call, ownAddress())} label="Copy as curl" />
      <button type="button" onClick=${() => rehearse(call)}>Rehearse with the fake LLM</button>
      <//>
      <${Note} tone=${toneOf(call.outcome)}>${sentenceOf(call)}<//>
    <${Section} title="How it went"><${Waterfall} call=${call} /><//>
    <div class="columns">
      <${Section} title="Request"><${Facts} facts=${requestFacts(call)} /><//>
      <${Section} title="Usage and cost"><${Facts} facts=${usageFacts(call)} /><//>
    </div>
    <${Changes} warnings=${call.warnings} />
    <${Bodies} call=${call} />
    <${Section} title="As the log has it"><details><summary>All members</summary>
      <pre class="mono">${JSON.stringify(withoutBodies(call), null, 2)}</pre></details><//>
  `;
}

function toneOf(outcome: string): string {
  if (outcome === "complete") return "";
  return outcome === "client_gone" || outcome === "truncated" ? "warn" : "bad";
}

function sentenceOf({ outcome, code, reason, cause, status, attempts }: CallDetail): string {
  const tries = Number(attempts) > 1 ? ` It took ${attempts} attempts.` : "";
  const words = [
    outcomeSentence(outcome),
    reason && `${reason}.`.replace(/([.!?])\.$/, "$1"),
    cause && cause !== reason && `Below it: ${cause}.`,
    code && `The client got ${status ?? "no status"}, code ${code}.`,
  ];
  return words.filter(Boolean).join(" ") + tries;
}

function requestFacts(call: CallDetail): readonly (readonly [string, unknown])[] {
  return [
    ["Ended", html`<${When} at=${call.ended_at} />`],
    ["Model asked for", call.model],
    ["Model that answered", call.served_model],
    ["Provider", call.upstream],
    ["Key", call.principal],
    ["Team", call.team],
    ["Surface", call.surface],
    ["Path", call.path && `${call.method ?? ""} ${call.path}`],
    ["Streamed", call.stream ? "yes" : "no"],
    ["Status", call.status],
    ["Finish reason", call["finish_reason"]],
    ["Provider's request id", call["upstream_request_id"]],
    ["Trace id", call["trace_id"]],
  ];
}

function usageFacts(call: CallDetail): readonly (readonly [string, unknown])[] {
  return [
    ["Cost", `${call.cost_estimated ? "about " : ""}${money(call.cost)}`],
    ["Input tokens", count(call.input_tokens)],
    ["Output tokens", count(call.output_tokens)],
    ["Of the input, read from a cache", call.cached_tokens && count(call.cached_tokens)],
    ["Of the output, reasoning", call.reasoning_tokens && count(call.reasoning_tokens)],
    ["First token", duration(call.first_token_ms)],
    ["Took", duration(call.duration_ms)],
    ["Waited for a turn", duration(call.queue_ms)],
    ["Sent to the client", size(call["bytes"] as number | undefined)],
  ];
}

function Changes({ warnings }: { warnings: string | undefined }): View {
  if (!warnings) return null;
  return html`
    <${Section} title="What was changed or left out">
      <ul class="stack">${warnings.split("; ").map((warning) => html`<li>${warning}</li>`)}</ul>
      <//>
  `;
}

function rehearse(call: CallDetail): void {
  startWith({
    model: "fake-model",
    surface: call.surface,
    prompt: `Say hello. ${tagFor(call)}`.trim(),
  });
  location.hash = linkTo("playground");
}

function withoutBodies(call: CallDetail): unknown {
  return { ...call, bodies: undefined };
}
