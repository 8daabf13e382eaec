/** The timeline with what it is operated by: it can be stopped, scrolled back and asked for a call. */

import { useEffect, useRef, useState } from "preact/hooks";
import { html, type View } from "../../parts/html.ts";
import { coloursOf, onColours } from "../../parts/colours.ts";
import { Segments, typed } from "../../parts/controls.ts";
import { linkTo } from "../../shell/route.ts";
import { duration } from "../../words/numbers.ts";
import { outcomeLabel } from "../../words/outcomes.ts";
import { COLOURS, type DrawnCall, drawTimeline } from "./draw_timeline.ts";
import { serverNowMs, timeline } from "./live.ts";
import { KEPT_MS, type LiveCall } from "./timeline.ts";

const SPANS = [["15", "15 s"], ["60", "1 min"], ["300", "5 min"]] as const;
/** A picture every 50 ms is smooth enough for bars that only grow. */
const FRAME_MS = 50;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export function LiveTimeline(): View {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useRef<readonly DrawnCall[]>([]);
  const [span, setSpan] = useState("60");
  // The moment that is looked at; live where there is none.
  const [stoppedMs, setStopped] = useState<number>();
  const [oldestMs, setOldest] = useState(0);
  const [pointed, setPointed] = useState<LiveCall>();
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    return drawAlways(element, () => windowOf(Number(span) * 1000, stoppedMs), drawn);
  }, [span, stoppedMs]);
  const stop = (): void => {
    const nowMs = serverNowMs();
    setOldest(Math.max(timeline.oldestMs ?? nowMs, nowMs - KEPT_MS));
    setStopped(stoppedMs === undefined ? nowMs : undefined);
  };
  const find = (event: MouseEvent): LiveCall | undefined => callAt(drawn.current, event);
  return html`
    <div class="timeline">
      <div class="timeline-bar">
        <button type="button" aria-pressed=${stoppedMs !==
          undefined} onClick=${stop}>${stoppedMs === undefined ? "Stop" : "Go on"}</button>
        <${Segments} label="Time shown" value=${span} choices=${SPANS} onChange=${setSpan} />
        ${stoppedMs !== undefined && html`
          <${ScrollBack} oldestMs=${oldestMs} atMs=${stoppedMs}
            onChange=${setStopped} />
        `}
        <${Legend} />
      </div>
      <canvas ref=${canvas} role="img"
        aria-label="One lane for each call of the last moments; the same calls are listed below"
        onMouseMove=${(event: MouseEvent) => setPointed(find(event))}
        onMouseLeave=${() => setPointed(undefined)}
        onClick=${(event: MouseEvent) => open(find(event))}></canvas>
      <p class="pointed">${pointed === undefined ? " " : describe(pointed)}</p>
    </div>
  `;
}

/** Keys move it by a second. */
function ScrollBack(
  { oldestMs, atMs, onChange }: {
    oldestMs: number;
    atMs: number;
    onChange: (ms: number) => void;
  },
): View {
  const [latestMs] = useState(atMs);
  return html`<label class="scroll-back"><span class="hidden">Moment shown</span>
    <input type="range" min=${oldestMs} max=${latestMs} step="1000" value=${atMs}
      aria-valuetext=${clock.format(atMs)}
      onInput=${(event: Event) => onChange(Number(typed(event)))} />
    <time>${clock.format(atMs)}</time></label>`;
}

function Legend(): View {
  return html`
    <ul class="legend" aria-label="How a lane is read">
      <li class="l-queue">waiting</li>
      <li class="l-failed">failed attempt</li>
      <li class="l-sent">asked</li>
      <li class="l-flow">streaming</li>
    </ul>
  `;
}

function windowOf(spanMs: number, stoppedMs: number | undefined): [number, number, number] {
  const nowMs = serverNowMs();
  const untilMs = stoppedMs ?? nowMs;
  // A little room ahead, so that what has just begun is not cut off.
  return [untilMs - spanMs, untilMs + spanMs * 0.02, stoppedMs === undefined ? nowMs : untilMs];
}

/** Draws while the page is seen, until the function that is returned is called. */
function drawAlways(
  canvas: HTMLCanvasElement,
  window: () => [fromMs: number, untilMs: number, nowMs: number],
  drawn: { current: readonly DrawnCall[] },
): () => void {
  let colours = coloursOf(canvas, COLOURS);
  let frame = 0;
  let lastMs = 0;
  const unfollow = onColours(() => colours = coloursOf(canvas, COLOURS));
  const draw = (ms: number): void => {
    frame = requestAnimationFrame(draw);
    if (ms - lastMs < FRAME_MS) return;
    lastMs = ms;
    const [fromMs, untilMs, nowMs] = window();
    drawn.current = drawTimeline({
      canvas,
      timeline,
      window: { fromMs, untilMs, nowMs },
      colours,
      label: (at) => clock.format(at),
    });
  };
  frame = requestAnimationFrame(draw);
  return () => {
    cancelAnimationFrame(frame);
    unfollow();
  };
}

function callAt(
  drawn: readonly DrawnCall[],
  { offsetX: x, offsetY: y }: MouseEvent,
): LiveCall | undefined {
  return drawn.findLast(({ left, right, top, bottom }) =>
    x >= left && x <= right && y >= top && y < bottom
  )?.call;
}

function open(call: LiveCall | undefined): void {
  if (call?.endMs !== undefined) location.hash = linkTo("calls", call.uid);
}

function describe(
  { model, key, startMs, firstTokenMs, endMs, outcome, attempts }: LiveCall,
): string {
  const providers = [...new Set(attempts.map(({ provider }) => provider))].join(", then ");
  return [
    model,
    key && `key ${key}`,
    providers,
    firstTokenMs === undefined ? "" : `first token after ${duration(firstTokenMs - startMs)}`,
    endMs === undefined
      ? `running for ${duration(serverNowMs() - startMs)}`
      : `${outcomeLabel(outcome).toLowerCase()} after ${duration(endMs - startMs)}`,
  ].filter((part) => part !== "").join(" · ");
}
