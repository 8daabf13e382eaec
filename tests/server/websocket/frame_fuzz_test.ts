/**
 * Frames at random, right ones and wrong ones, read in random pieces: the decoder against a model that has all
 * frames before it and no bytes.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Random } from "../../../src/core/clock.ts";
import { FrameDecoder } from "../../../src/framing/websocket/frame_decoder.ts";
import { FIRST_SEED, fuzzSeconds } from "../../support/fuzzing.ts";
import { below, seededRandom } from "../../transport/mutated_responses.ts";
import { clientFrame, type FrameParts, join } from "../../support/websocket_frames.ts";

const MAX_MESSAGE_BYTES = 2_000;
const ROUNDS = 3_000;

function pick<T>(random: Random, from: readonly T[]): T {
  return from[below(from.length, random)]!;
}

const TEXTS = [
  "",
  "a",
  "Zürich",
  "€".repeat(50),
  "😀😀",
  "\u0000",
  "x".repeat(300),
  "y".repeat(900),
];

function randomBytes(random: Random): Uint8Array {
  const length = pick(random, [0, 1, 2, 5, 125, 126, 127, 300, 1_500]);
  return Uint8Array.from({ length }, () => below(256, random));
}

/** A text cut anywhere, also within a character, or bytes that may be none. */
function randomPayload(random: Random): Uint8Array {
  if (random() < 0.15) return randomBytes(random);
  const text = new TextEncoder().encode(pick(random, TEXTS) + pick(random, TEXTS));
  return random() < 0.8 ? text : text.subarray(below(text.length + 1, random));
}

function randomFrame(random: Random, isWithin: boolean): FrameParts {
  const mask = random() < 0.1 ? [0, 0, 0, 0] : Array.from({ length: 4 }, () => below(256, random));
  const odd = random();
  if (odd < 0.01) return { opcode: below(16, random), mask, reserved: below(8, random) };
  if (odd < 0.02) return { opcode: below(16, random), mask, isMasked: false };
  if (odd < 0.03) return { opcode: below(16, random), mask, isFinal: random() < 0.5 };
  if (odd < 0.04) return { opcode: 1, mask, payload: "short", lengthBytes: pick(random, [3, 9]) };
  if (odd < 0.25) {
    const payload = randomBytes(random).subarray(0, random() < 0.95 ? 125 : 126);
    return { opcode: pick(random, [9, 9, 9, 10]), mask, payload };
  }
  if (odd < 0.27) {
    const code = pick(random, [1000, 1001, 1005, 3000, below(65_536, random)]);
    const reason = randomPayload(random).subarray(0, 100);
    return { opcode: 8, mask, payload: join(Uint8Array.of(code >> 8, code & 255), reason) };
  }
  const isRight = random() < 0.98;
  return {
    opcode: isWithin === isRight ? 0 : pick(random, [1, 2]),
    mask,
    payload: randomPayload(random),
    isFinal: random() < 0.6,
  };
}

/** What the frames mean, by RFC 6455. */
class Model {
  readonly events: unknown[] = [];
  isOver = false;
  #pieces: Uint8Array[] | undefined;
  #isText = false;

  get isWithin(): boolean {
    return this.#pieces !== undefined;
  }

  take(frame: FrameParts): void {
    const { opcode, isFinal = true, isMasked = true, reserved = 0, lengthBytes } = frame;
    const payload = typeof frame.payload === "string"
      ? new TextEncoder().encode(frame.payload)
      : frame.payload ?? new Uint8Array(0);
    const isControl = opcode >= 8;
    const isKnown = [0, 1, 2, 8, 9, 10].includes(opcode);
    const fits = isControl
      ? isFinal && payload.length <= 125
      : (opcode === 0) === (this.#pieces !== undefined);
    if (reserved !== 0 || !isMasked || !isKnown || !fits || lengthBytes !== undefined) {
      return this.#end({ type: "fault", code: 1002 });
    }
    if (opcode === 8) return this.#close(payload);
    if (opcode === 9) this.events.push({ type: "ping", payload });
    else if (opcode === 10) this.events.push({ type: "pong" });
    else this.#data(opcode, payload, isFinal);
  }

  #data(opcode: number, payload: Uint8Array, isFinal: boolean): void {
    if (opcode !== 0) {
      this.#pieces = [];
      this.#isText = opcode === 1;
    }
    const pieces = this.#pieces ?? [];
    pieces.push(payload);
    const whole = join(...pieces);
    const isOversized = whole.length > MAX_MESSAGE_BYTES;
    if (this.#isText && !isOversized && !isText(whole, isFinal)) {
      return this.#end({ type: "fault", code: 1007 });
    }
    if (!isFinal) return;
    this.#pieces = undefined;
    if (isOversized) this.events.push({ type: "oversized" });
    else this.events.push({ type: "message", bytes: whole, isText: this.#isText });
  }

  #close(payload: Uint8Array): void {
    if (payload.length === 0) return this.#end({ type: "close", code: 1005, reason: "" });
    const code = (payload[0] ?? 0) * 256 + (payload[1] ?? 0);
    const isSendable = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code) ||
      code >= 3000 && code <= 4999;
    if (!isSendable) return this.#end({ type: "fault", code: 1002 });
    const reason = payload.subarray(2);
    if (!isText(reason, true)) return this.#end({ type: "fault", code: 1007 });
    this.#end({ type: "close", code, reason: decode(reason) });
  }

  #end(event: unknown): void {
    this.events.push(event);
    this.isOver = true;
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Whether bytes are a text, or may become one. */
function isText(bytes: Uint8Array, isWhole: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !isWhole });
    return true;
  } catch {
    return false;
  }
}

function round(seed: number): void {
  const random = seededRandom(seed);
  const model = new Model();
  const sent: Uint8Array[] = [];
  for (let count = 0; count < 30 && !model.isOver; count++) {
    const frame = randomFrame(random, model.isWithin);
    model.take(frame);
    sent.push(clientFrame(frame));
  }
  const bytes = join(...sent);
  const decoder = new FrameDecoder(MAX_MESSAGE_BYTES, true);
  const events: unknown[] = [];
  const pieceBytes = pick(random, [1, 3, 17, 400, 100_000]);
  for (let position = 0; position < bytes.length;) {
    const piece = bytes.slice(position, position + 1 + below(pieceBytes, random));
    position += piece.length;
    for (const event of decoder.push(piece)) {
      events.push(event.type === "fault" ? { type: "fault", code: event.code } : event);
    }
  }
  assertEquals(events, model.events, `FUZZ_SEED=${seed}`);
}

Deno.test("random frames in random pieces are read as the model reads them", () => {
  const endMs = performance.now() + fuzzSeconds(0) * 1_000;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS || performance.now() < endMs; seed++) {
    round(seed);
  }
});
