/** Messages streams are in order, whatever the order of the events they are written of. */

import { assertEquals } from "@std/assert";
import type { ChatEvent, Part } from "../../../../src/core/chat/chat.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { seededRandom } from "../../stream_cases.ts";
import { begin, content, end, finish, more, START, textPart, toolCall } from "./neutral_events.ts";
import { encodeAll, readFrames } from "./stream_cases.ts";

/** Events in an order that a decoder may produce: blocks open together, deltas between, ends or none. */
function randomEvents(random: () => number): ChatEvent[] {
  const pick = (count: number): number => Math.floor(random() * count);
  const parts: (() => Part)[] = [
    () => textPart(pick(2) === 0 ? "" : "x"),
    () => ({ type: "reasoning", text: "" }),
    () => ({ type: "refusal", text: "" }),
    () =>
      toolCall(pick(2) === 0 ? "" : `c${pick(9)}`, "get", pick(3) === 0 ? "custom" : "function"),
    () => ({
      type: "sealed",
      seal: { value: "s", issuer: pick(2) === 0 ? "x" : "anthropic_messages" },
    }),
  ];
  const events: ChatEvent[] = pick(2) === 0 ? [START] : [];
  const open: number[] = [];
  let blocks = 0;
  for (let count = pick(30); count > 0; count--) {
    const block = open[pick(open.length)];
    const step = pick(5);
    if (block === undefined || step === 0) {
      open.push(blocks);
      events.push(begin(blocks++, parts[pick(parts.length)]!()));
    } else if (step === 1) {
      open.splice(open.indexOf(block), 1);
      events.push(end(block));
    } else if (step === 2) {
      events.push({
        type: "block_seal",
        block,
        seal: { value: `s${pick(9)}`, issuer: "anthropic_messages" },
      });
    } else events.push(more(block, `${pick(1_000)}`));
  }
  if (pick(4) > 0) events.push(finish("stop"));
  return events;
}

Deno.test("encode() says the same streamed and whole, in any order of events", () => {
  const random = seededRandom(29);
  for (let round = 0; round < 2_000; round++) {
    const events = randomEvents(random);
    const frames = readFrames(encodeAll(events, 1 + Math.floor(random() * 4)));
    const whole = content(events);
    assertEquals(contentOf(frames.map(({ body }) => body)), whole["content"]);
    assertEquals(
      (frames.at(-2)?.body["delta"] as JsonObject)["stop_reason"],
      whole["stop_reason"],
    );
  }
});

/** Puts a stream together as strict clients do: an index out of order or a block reopened throws. */
function contentOf(frames: readonly JsonObject[]): readonly JsonObject[] {
  const blocks: Record<string, unknown>[] = [];
  let input = "";
  let isOpen = false;
  for (const { type, index, content_block: block, delta } of frames) {
    if (type === "content_block_start") {
      if (isOpen || index !== blocks.length) throw new Error("started out of order");
      blocks.push({ ...block as JsonObject });
      isOpen = true;
      input = "";
    } else if (type === "content_block_delta" || type === "content_block_stop") {
      if (!isOpen || index !== blocks.length - 1) throw new Error(`${type} without a block`);
      const last = blocks.at(-1)!;
      const { text, thinking, signature, partial_json: json } = (delta ?? {}) as JsonObject;
      if (text !== undefined) last["text"] = `${last["text"]}${text}`;
      if (thinking !== undefined) last["thinking"] = `${last["thinking"]}${thinking}`;
      if (signature !== undefined) last["signature"] = signature;
      if (json !== undefined) input += String(json);
      if (type === "content_block_delta") continue;
      isOpen = false;
      if (input !== "") last["input"] = input.startsWith("{") ? JSON.parse(input) : { input };
    }
  }
  if (isOpen) throw new Error("a block was left open");
  return blocks as JsonObject[];
}
