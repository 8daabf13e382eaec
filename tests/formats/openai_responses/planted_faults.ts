/** The faults that the checker must find in a Responses stream. */

import type { JsonObject, JsonValue } from "../../../src/core/text/json.ts";
import { AT, type Event, FAULTLESS, MESSAGE, OUTPUT, TEXT } from "./faultless_stream.ts";

type Place = keyof typeof AT;

/** The stream with one event changed. */
function changed(place: Place, fields: JsonObject): readonly Event[] {
  return FAULTLESS.with(AT[place], { ...FAULTLESS[AT[place]]!, ...fields });
}

/** The stream with a member of an event left out. */
function lacking(place: Place, name: string): readonly Event[] {
  const { [name]: _, ...rest } = FAULTLESS[AT[place]]!;
  return FAULTLESS.with(AT[place], rest);
}

/** The stream without an event, its numbers as they must be then. */
function without(place: Place): readonly Event[] {
  return renumbered(FAULTLESS.toSpliced(AT[place], 1));
}

function twice(place: Place): readonly Event[] {
  return renumbered(FAULTLESS.toSpliced(AT[place], 0, FAULTLESS[AT[place]]!));
}

function swapped(one: Place, other: Place): readonly Event[] {
  const events = FAULTLESS.with(AT[one], FAULTLESS[AT[other]]!);
  return renumbered(events.with(AT[other], FAULTLESS[AT[one]]!));
}

function renumbered(events: readonly Event[]): readonly Event[] {
  return events.map((event, number) => ({ ...event, sequence_number: number }));
}

function inResponse(place: Place, fields: JsonObject): readonly Event[] {
  return changed(place, {
    response: { ...FAULTLESS[AT[place]]!["response"] as JsonObject, ...fields },
  });
}

function inItem(place: Place, fields: Readonly<Record<string, JsonValue | undefined>>) {
  return changed(place, { item: { ...FAULTLESS[AT[place]]!["item"] as JsonObject, ...fields } });
}

/** Each fault by its name, with the stream that has it and what is said of it first. */
export const FAULTS: Readonly<Record<string, readonly [events: readonly Event[], says: string]>> = {
  "an event without its number": [
    lacking("textDelta", "sequence_number"),
    "event 10 (response.output_text.delta): its field sequence_number is wrong",
  ],
  "a number that comes twice": [
    changed("textDelta", { sequence_number: 9 }),
    "event 10 (response.output_text.delta): its number is 9",
  ],
  "a gap in the numbers": [
    FAULTLESS.toSpliced(AT.annotation - 1, 1),
    "event 11 (response.output_text.annotation.added): its number is 12",
  ],
  "a stream that begins with its first item": [
    renumbered(FAULTLESS.slice(AT.reasoningAdded)),
    "event 0 (response.output_item.added): it comes before response.created",
  ],
  "a response that is never in progress": [
    without("inProgress"),
    "event 1 (response.output_item.added): it comes before response.in_progress",
  ],
  "a response without output": [
    inResponse("completed", { output: [] }),
    "event 27 (response.completed): its output is not what was told to be done",
  ],
  "a response that lacks its status": [
    inResponse("created", { status: null }),
    "event 0 (response.created): its field response.status is wrong",
  ],
  "a response that lacks its model": [
    inResponse("inProgress", { model: "" }),
    "event 1 (response.in_progress): its field response.model is wrong",
  ],
  "a response that is created with another id": [
    inResponse("created", { id: "resp_0" }),
    "event 1 (response.in_progress): its id is resp_1 and was resp_0",
  ],
  "a response whose id changes at the end": [
    inResponse("completed", { id: "resp_2" }),
    "event 27 (response.completed): its id is resp_2 and was resp_1",
  ],
  "a response that is created twice": [
    twice("created"),
    "event 1 (response.created): the response was created before",
  ],
  "an end whose status is another": [
    inResponse("completed", { status: "incomplete" }),
    "event 27 (response.completed): its status is incomplete",
  ],
  "a failure in a response that is complete": [
    inResponse("completed", { error: { code: "server_error", message: "Boom" } }),
    'event 27 (response.completed): its error is {"code":"server_error","message":"Boom"}',
  ],
  "counts without their details": [
    inResponse("completed", { usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } }),
    "event 27 (response.completed): its field response.usage.input_tokens_details is wrong",
  ],
  "output in another order": [
    inResponse("completed", { output: OUTPUT.toReversed() }),
    "event 27 (response.completed): its output is not what was told to be done",
  ],
  "output whose ids are others": [
    inResponse("completed", { output: OUTPUT.with(1, { ...MESSAGE, id: "msg_2" }) }),
    "event 27 (response.completed): its output is not what was told to be done",
  ],
  "a stream without its last event": [
    FAULTLESS.slice(0, -1),
    "the stream ends without a last event",
  ],
  "an event behind the last": [
    [...FAULTLESS, { ...FAULTLESS.at(-1)!, sequence_number: FAULTLESS.length }],
    "event 28 (response.completed): it comes after the end",
  ],
  "an item that is done without having been added": [
    without("messageAdded"),
    "event 8 (response.content_part.added): item 1 is not open",
  ],
  "an index that is left out": [
    changed("messageAdded", { output_index: 2 }),
    "event 8 (response.output_item.added): its index is 2 and not 1",
  ],
  "an item that is done already when it begins": [
    inItem("messageAdded", { status: "completed" }),
    "event 8 (response.output_item.added): its item is completed",
  ],
  "an item that begins with its text": [
    inItem("callAdded", { arguments: "{}" }),
    "event 16 (response.output_item.added): its item holds something already",
  ],
  "an item without an id": [
    inItem("messageAdded", { id: "" }),
    "event 8 (response.output_item.added): its field item.id is wrong",
  ],
  "an id that is that of another item": [
    inItem("messageAdded", { id: "rs_1" }),
    "event 8 (response.output_item.added): the id rs_1 is that of something else",
  ],
  "a call with the id of another": [
    inItem("patchAdded", { call_id: "call_1" }),
    "event 17 (response.output_item.added): the id call_1 is that of something else",
  ],
  "an item whose id is another when it is done": [
    inItem("callDone", { id: "fc_2" }),
    "event 22 (response.output_item.done): the id of its item is fc_2 and was fc_1",
  ],
  "a call that is of another kind when it is done": [
    inItem("patchDone", { type: "function_call", arguments: "{}" }),
    "event 24 (response.output_item.done): the type of its item is function_call and was custom",
  ],
  "an item that is never done": [
    without("searchDone"),
    "event 26 (response.completed): an item is still open",
  ],
  "a delta for another item": [
    changed("textDelta", { item_id: "msg_2" }),
    "event 10 (response.output_text.delta): its item is msg_2 and was msg_1",
  ],
  "a delta of the wrong kind": [
    changed("callDelta", { type: "response.custom_tool_call_input.delta" }),
    "event 18 (response.custom_tool_call_input.delta): it does not belong into a function_call",
  ],
  "a delta before its part": [
    without("partAdded"),
    "event 9 (response.output_text.delta): part 0 was not added",
  ],
  "a delta behind the end of its text": [
    swapped("annotation", "textDone"),
    "event 13 (response.output_text.annotation.added): the text of its part is done already",
  ],
  "a delta without its log probabilities": [
    lacking("textDelta", "logprobs"),
    "event 10 (response.output_text.delta): its field logprobs is wrong",
  ],
  "a text that is another when it is done": [
    changed("textDone", { text: "Grüsse" }),
    "event 13 (response.output_text.done): its text is not what its deltas have told",
  ],
  "a part that is never told to be done": [
    without("partDone"),
    "event 14 (response.output_item.done): a part of it is not done",
  ],
  "a part whose text was not told to be done": [
    without("textDone"),
    "event 13 (response.content_part.done): the text of its part was not told to be done",
  ],
  "a part that lacks a citation": [
    changed("partDone", { part: { ...TEXT, annotations: [] } }),
    "event 14 (response.content_part.done): its annotations are not those that were told",
  ],
  "a message that is not what it has told": [
    inItem("messageDone", { content: [] }),
    "event 15 (response.output_item.done): its item is not what its parts have told",
  ],
  "a summary that was not told": [
    inItem("reasoningDone", { summary: [] }),
    "event 7 (response.output_item.done): its item is not what its parts have told",
  ],
  "arguments that were not told to be done": [
    without("callArgumentsDone"),
    "event 21 (response.output_item.done): the input of its call was not told to be done",
  ],
  "arguments that are others when they are done": [
    inItem("callDone", { arguments: "{}" }),
    "event 22 (response.output_item.done): the input of its call is not what was told",
  ],
  "an input that lacks a piece": [
    changed("patchInputDone", { input: "*** End Patch" }),
    "event 23 (response.custom_tool_call_input.done): the input is not what its deltas have told",
  ],
  "a search without its arguments": [
    inItem("searchDone", { arguments: undefined }),
    "event 26 (response.output_item.done): its field item.arguments is wrong",
  ],
  "an event that nobody knows": [
    changed("textDelta", { type: "response.text.delta" }),
    'event 10 (response.text.delta): there is no event "response.text.delta"',
  ],
};
