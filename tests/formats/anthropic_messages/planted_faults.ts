/** A faultless Messages stream, and the faults that the checker must find in it. */

import type { JsonObject } from "../../../src/core/text/json.ts";

export type Event = JsonObject;

const USAGE = { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 5 };

const start = {
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: USAGE,
  },
};

function blockStart(index: number, block: JsonObject): Event {
  return { type: "content_block_start", index, content_block: block };
}

function blockDelta(index: number, delta: JsonObject): Event {
  return { type: "content_block_delta", index, delta };
}

function blockStop(index: number): Event {
  return { type: "content_block_stop", index };
}

const toolUse = { type: "tool_use", id: "toolu_1", name: "Bash", input: {} };

/** Thinking, text and a call, in this order. */
export const FAULTLESS: readonly Event[] = [
  start,
  { type: "ping" },
  blockStart(0, { type: "thinking", thinking: "", signature: "" }),
  blockDelta(0, { type: "thinking_delta", thinking: "Hm." }),
  blockDelta(0, { type: "signature_delta", signature: "c2ln" }),
  blockStop(0),
  blockStart(1, { type: "text", text: "" }),
  blockDelta(1, { type: "text_delta", text: "Grüße" }),
  blockStop(1),
  blockStart(2, toolUse),
  blockDelta(2, { type: "input_json_delta", partial_json: '{"command":' }),
  blockDelta(2, { type: "input_json_delta", partial_json: '"ls"}' }),
  blockStop(2),
  {
    type: "message_delta",
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { output_tokens: 12 },
  },
  { type: "message_stop" },
];

const AT = {
  thinkingStart: 2,
  thinkingDelta: 3,
  signature: 4,
  thinkingStop: 5,
  textStart: 6,
  textDelta: 7,
  textStop: 8,
  toolStart: 9,
  toolInput: 11,
  toolStop: 12,
  messageDelta: 13,
  messageStop: 14,
};

function without(at: number): Event[] {
  return FAULTLESS.toSpliced(at, 1);
}

function twice(at: number): Event[] {
  return FAULTLESS.toSpliced(at, 0, FAULTLESS[at] ?? {});
}

function replaced(at: number, event: Event): Event[] {
  return FAULTLESS.toSpliced(at, 1, event);
}

function finishedWith(delta: JsonObject, usage: JsonObject = { output_tokens: 12 }): Event[] {
  return replaced(AT.messageDelta, { type: "message_delta", delta, usage });
}

/** Events by fault, with what the checker says first. */
export const FAULTS: Readonly<Record<string, readonly [events: readonly Event[], says: string]>> = {
  "a missing message_start": [
    without(0),
    "event 2 (content_block_start): it comes before message_start",
  ],
  "a second message_start": [
    twice(0),
    "event 2 (message_start): the message has started before",
  ],
  "a delta without its block": [
    without(AT.textStart),
    "event 7 (content_block_delta): block 1 is not open",
  ],
  "a delta after its block": [
    without(AT.textDelta).toSpliced(AT.textStop, 0, FAULTLESS[AT.textDelta] ?? {}),
    "event 9 (content_block_delta): block 1 is not open",
  ],
  "a second stop of a block": [
    twice(AT.textStop),
    "event 10 (content_block_stop): block 1 is not open",
  ],
  "a block that starts before the last one has stopped": [
    without(AT.thinkingStop),
    "event 6 (content_block_start): block 0 is still open",
  ],
  "a block that never stops": [
    without(AT.toolStop),
    "event 13 (message_delta): block 2 is still open",
  ],
  "a gap between indexes": [
    FAULTLESS.map((event) => event.index === 2 ? { ...event, index: 3 } : event),
    "event 10 (content_block_start): its index is 3 and not 2",
  ],
  "indexes that do not begin at 0": [
    FAULTLESS.map((event) =>
      typeof event.index === "number" ? { ...event, index: event.index + 1 } : event
    ),
    "event 3 (content_block_start): its index is 1 and not 0",
  ],
  "text within a call": [
    replaced(AT.toolInput, blockDelta(2, { type: "text_delta", text: "ls" })),
    "event 12 (content_block_delta): a text_delta does not belong into a block of tool_use",
  ],
  "a signature within text": [
    replaced(AT.textDelta, blockDelta(1, { type: "signature_delta", signature: "c2ln" })),
    "event 8 (content_block_delta): a signature_delta does not belong into a block of text",
  ],
  "thinking after its signature": [
    FAULTLESS.toSpliced(AT.thinkingStop, 0, FAULTLESS[AT.thinkingDelta] ?? {}),
    "event 6 (content_block_delta): block 0 has its signature already",
  ],
  "a call whose input is cut": [
    without(AT.toolInput),
    'event 12 (content_block_stop): the input of its call is no JSON object: {"command":',
  ],
  "a call whose input is no object": [
    without(AT.toolInput).with(
      AT.toolInput - 1,
      blockDelta(2, { type: "input_json_delta", partial_json: '["ls"]' }),
    ),
    'event 12 (content_block_stop): the input of its call is no JSON object: ["ls"]',
  ],
  "a call without a name": [
    replaced(AT.toolStart, blockStart(2, { ...toolUse, name: "" })),
    "event 10 (content_block_start): its field content_block.name is wrong",
  ],
  "two calls of one id": [
    FAULTLESS.toSpliced(AT.messageDelta, 0, blockStart(3, toolUse), blockStop(3)),
    "event 14 (content_block_start): the id toolu_1 is that of an earlier call",
  ],
  "a missing message_delta": [
    without(AT.messageDelta),
    "event 14 (message_stop): there was no message_delta",
  ],
  "a second message_delta": [
    twice(AT.messageDelta),
    "event 15 (message_delta): it comes after message_delta",
  ],
  "a block after message_delta": [
    FAULTLESS.toSpliced(AT.messageStop, 0, blockStart(3, { type: "text", text: "" })),
    "event 15 (content_block_start): it comes after message_delta",
  ],
  "no reason to stop": [
    finishedWith({ stop_reason: null, stop_sequence: null }),
    "event 14 (message_delta): its field delta.stop_reason is wrong",
  ],
  "a reason of another API": [
    finishedWith({ stop_reason: "tool_calls", stop_sequence: null }),
    "event 14 (message_delta): its field delta.stop_reason is wrong",
  ],
  "a stop sequence that is not named": [
    finishedWith({ stop_reason: "stop_sequence", stop_sequence: null }),
    "event 14 (message_delta): the stop reason is stop_sequence and the stop sequence null",
  ],
  "an end beside a call": [
    finishedWith({ stop_reason: "end_turn", stop_sequence: null }),
    "event 14 (message_delta): the stop reason is end_turn beside a call",
  ],
  "no usage at the end": [
    replaced(AT.messageDelta, {
      type: "message_delta",
      delta: { stop_reason: "tool_use", stop_sequence: null },
    }),
    "event 14 (message_delta): its field usage is wrong",
  ],
  "a negative counter": [
    finishedWith({ stop_reason: "tool_use", stop_sequence: null }, { output_tokens: -1 }),
    "event 14 (message_delta): its field usage.output_tokens is wrong",
  ],
  "a counter that shrinks": [
    finishedWith({ stop_reason: "tool_use", stop_sequence: null }, {
      output_tokens: 12,
      cache_read_input_tokens: 4,
    }),
    "event 14 (message_delta): cache_read_input_tokens shrinks from 5 to 4",
  ],
  "a missing message_stop": [
    without(AT.messageStop),
    "the stream ends without message_stop or an error",
  ],
  "an event after message_stop": [
    [...FAULTLESS, { type: "ping" }],
    "event 16 (ping): it comes after the end",
  ],
  "an event after an error": [
    [start, { type: "error", error: { type: "api_error", message: "No" } }, {
      type: "message_stop",
    }],
    "event 3 (message_stop): it comes after the end",
  ],
  "an error without words": [
    [start, { type: "error", error: { type: "api_error" } }],
    "event 2 (error): its field error.message is wrong",
  ],
  "an event of another API": [
    FAULTLESS.toSpliced(1, 0, { type: "response.created" }),
    'event 2 (response.created): there is no event "response.created"',
  ],
};
