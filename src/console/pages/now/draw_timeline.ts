/**
 * Draws the lanes of calls on a canvas: hundreds of them are a few thousand rectangles, which as elements
 * of a page would take longer than a frame.
 *
 * @module
 */

import type { Colours } from "../../parts/colours.ts";
import type { LiveCall, Timeline } from "./timeline.ts";

/** What part of time is shown. */
export interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
  /** The moment that running calls have reached. */
  readonly nowMs: number;
}

/** A call and where it was drawn, to be found by the pointer. */
export interface DrawnCall {
  readonly call: LiveCall;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const MIN_LANE = 3;
const MAX_LANE = 24;
/** From this height of a lane on there is room for a name. */
const NAMED_LANE = 15;
const NOTHING = "No call in this time";
/** A bar that is shorter has none. */
const MIN_NAME = 24;
const AXIS = 18;

export const COLOURS: readonly string[] = [
  ...["text", "muted", "line", "running", "complete", "truncated", "upstream_error"],
  ...["client_gone", "timeout", "refused", "internal_error"],
];

export interface Drawing {
  readonly canvas: HTMLCanvasElement;
  readonly timeline: Timeline;
  readonly window: Window;
  readonly colours: Colours;
  /** How a time of the axis is written. */
  readonly label: (ms: number) => string;
}

/** Returns what was drawn where. */
export function drawTimeline({ canvas, timeline, window, colours, label }: Drawing): DrawnCall[] {
  const context = canvas.getContext("2d");
  if (context === null) return [];
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
    canvas.width = width * ratio;
    canvas.height = height * ratio;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = `11px ${getComputedStyle(canvas).fontFamily}`;
  context.textBaseline = "middle";
  const scale = (ms: number): number =>
    (ms - window.fromMs) / (window.untilMs - window.fromMs) * width;
  drawAxis(context, { width, height, window, colours, label, scale });
  return drawLanes(context, { width, height, timeline, window, colours, scale });
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly window: Window;
  readonly colours: Colours;
  readonly scale: (ms: number) => number;
}

function drawAxis(
  context: CanvasRenderingContext2D,
  { width, height, window, colours, label, scale }: Frame & Pick<Drawing, "label">,
): void {
  const spanMs = window.untilMs - window.fromMs;
  const stepMs =
    [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000].find((ms) =>
      spanMs / ms <= Math.max(2, width / 110)
    ) ?? 300_000;
  context.fillStyle = colours["muted"] ?? "";
  context.strokeStyle = colours["line"] ?? "";
  context.lineWidth = 1;
  for (let at = Math.ceil(window.fromMs / stepMs) * stepMs; at < window.untilMs; at += stepMs) {
    const x = Math.round(scale(at)) + 0.5;
    context.beginPath();
    context.moveTo(x, AXIS);
    context.lineTo(x, height);
    context.stroke();
    if (x < width - 60) context.fillText(label(at), x + 4, AXIS / 2);
  }
}

function drawLanes(
  context: CanvasRenderingContext2D,
  { width, height, timeline, window, colours, scale }: Frame & Pick<Drawing, "timeline">,
): DrawnCall[] {
  const shown: LiveCall[] = [];
  let lanes = 1;
  for (const call of timeline.calls) {
    if (call.startMs > window.untilMs || (call.endMs ?? window.nowMs) < window.fromMs) continue;
    shown.push(call);
    lanes = Math.max(lanes, call.lane + 1);
  }
  if (shown.length === 0) {
    context.fillStyle = colours["muted"] ?? "";
    context.fillText(NOTHING, (width - context.measureText(NOTHING).width) / 2, height / 2);
  }
  const lane = Math.max(MIN_LANE, Math.min(MAX_LANE, (height - AXIS) / lanes));
  const drawn: DrawnCall[] = [];
  for (const call of shown) {
    const top = AXIS + call.lane * lane;
    if (top > height) continue;
    const left = Math.max(-2, scale(call.startMs));
    const right = Math.min(width + 2, scale(Math.min(call.endMs ?? window.nowMs, window.untilMs)));
    drawCall(context, call, { top, lane, right, colours, window, scale, width });
    drawn.push({ call, left, right: Math.max(right, left + 4), top, bottom: top + lane });
  }
  return drawn;
}

interface Place extends Omit<Frame, "height"> {
  readonly top: number;
  readonly lane: number;
  readonly right: number;
}

/** A thin line while it waits, a pale bar while the provider thinks, a full one while the answer flows. */
function drawCall(context: CanvasRenderingContext2D, call: LiveCall, place: Place): void {
  const { top, lane, right, colours, scale } = place;
  const colour = colours[call.outcome || "running"] ?? colours["running"] ?? "";
  const gap = lane > 6 ? 2 : 0.5;
  const bar = lane - 2 * gap;
  const firstAttempt = call.attempts[0];
  const lastAttempt = call.attempts.at(-1);
  const start = scale(call.startMs);
  const sent = Math.min(right, firstAttempt === undefined ? right : scale(firstAttempt.atMs));
  context.fillStyle = colours["muted"] ?? "";
  context.fillRect(start, top + lane / 2 - 1, Math.max(0, sent - start), 2);
  context.fillStyle = colours["upstream_error"] ?? "";
  // Each attempt but the last one failed.
  for (const [index, { atMs }] of call.attempts.slice(0, -1).entries()) {
    const from = scale(atMs);
    const to = Math.min(right, scale(call.attempts[index + 1]?.atMs ?? atMs));
    context.globalAlpha = 0.55;
    context.fillRect(from, top + lane / 2 - bar / 4, Math.max(1, to - from - 1), bar / 2);
  }
  context.fillStyle = colour;
  const waiting = lastAttempt === undefined ? start : scale(lastAttempt.atMs);
  const streaming = call.firstTokenMs === undefined
    ? right
    : Math.min(right, scale(call.firstTokenMs));
  context.globalAlpha = 0.3;
  if (lastAttempt !== undefined) {
    context.fillRect(waiting, top + gap, Math.max(1, streaming - waiting), bar);
  }
  context.globalAlpha = call.endMs === undefined ? 0.75 : 0.9;
  context.fillRect(streaming, top + gap, Math.max(0, right - streaming), bar);
  context.globalAlpha = 1;
  if (call.endMs !== undefined) context.fillRect(right - 2, top + gap, 3, bar);
  if (lane < NAMED_LANE) return;
  drawName(context, call, Math.max(4, start + 4), top + lane / 2, { right, colours });
}

function drawName(
  context: CanvasRenderingContext2D,
  { model, key }: LiveCall,
  left: number,
  middle: number,
  { right, colours }: Pick<Place, "right" | "colours">,
): void {
  const room = right - left - 4;
  if (room < MIN_NAME) return;
  context.save();
  context.beginPath();
  context.rect(left, middle - 10, room, 20);
  context.clip();
  context.fillStyle = colours["text"] ?? "";
  context.fillText(model || key, left, middle + 0.5);
  context.restore();
}
