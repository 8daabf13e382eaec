/** A faultless Responses stream, for checkers and readers. */

import type { JsonObject, JsonValue } from "../../../src/core/text/json.ts";

export type Event = JsonObject;

const USAGE = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 5, cache_write_tokens: 0 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 7 },
  total_tokens: 30,
};

const RESPONSE = {
  id: "resp_1",
  object: "response",
  created_at: 1_700_000_000,
  status: "in_progress",
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model: "m",
  output: [],
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: "auto",
  tools: [],
  top_p: 1,
  usage: null,
};

const THOUGHT = {
  id: "rs_1",
  type: "reasoning",
  summary: [{ type: "summary_text", text: "Hm." }],
  encrypted_content: "x",
};
const CITATION = {
  type: "url_citation",
  url: "https://a.example",
  title: "A",
  start_index: 0,
  end_index: 2,
};
export const TEXT = { type: "output_text", annotations: [CITATION], logprobs: [], text: "Grüße" };
export const MESSAGE = {
  id: "msg_1",
  type: "message",
  status: "completed",
  role: "assistant",
  content: [TEXT],
};
const CALL = {
  id: "fc_1",
  type: "function_call",
  status: "completed",
  call_id: "call_1",
  name: "Bash",
  arguments: '{"command":"ls"}',
};
const PATCH = {
  id: "ctc_1",
  type: "custom_tool_call",
  status: "completed",
  call_id: "call_2",
  name: "apply_patch",
  input: "*** Begin Patch",
};
const SEARCH = {
  id: "tc_1",
  type: "tool_search_call",
  status: "completed",
  call_id: "call_3",
  execution: "client",
  arguments: { query: "q" },
};
export const OUTPUT = [THOUGHT, MESSAGE, CALL, PATCH, SEARCH];

const inText = { item_id: "msg_1", output_index: 1, content_index: 0 };
const inSummary = { item_id: "rs_1", output_index: 0, summary_index: 0 };
const inCall = { item_id: "fc_1", output_index: 2 };
const inPatch = { item_id: "ctc_1", output_index: 3 };

function added(index: number, item: JsonObject): Event {
  return { type: "response.output_item.added", output_index: index, item };
}

function done(index: number, item: JsonObject): Event {
  return { type: "response.output_item.done", output_index: index, item };
}

function numbered(events: readonly Event[]): readonly Event[] {
  return events.map(({ type, ...fields }, number) => ({
    type,
    sequence_number: number,
    ...fields,
  }));
}

/** Reasoning, text, two calls of tools and a search for further ones, in this order. */
export const FAULTLESS: readonly Event[] = numbered([
  { type: "response.created", response: RESPONSE },
  { type: "response.in_progress", response: RESPONSE },
  added(0, { id: "rs_1", type: "reasoning", summary: [] }),
  {
    type: "response.reasoning_summary_part.added",
    ...inSummary,
    part: { type: "summary_text", text: "" },
  },
  { type: "response.reasoning_summary_text.delta", ...inSummary, delta: "Hm." },
  { type: "response.reasoning_summary_text.done", ...inSummary, text: "Hm." },
  { type: "response.reasoning_summary_part.done", ...inSummary, part: THOUGHT.summary[0]! },
  done(0, THOUGHT),
  added(1, { ...MESSAGE, status: "in_progress", content: [] }),
  {
    type: "response.content_part.added",
    ...inText,
    part: { ...TEXT, annotations: [], text: "" },
  },
  { type: "response.output_text.delta", ...inText, delta: "Grü", logprobs: [] },
  { type: "response.output_text.delta", ...inText, delta: "ße", logprobs: [] },
  {
    type: "response.output_text.annotation.added",
    ...inText,
    annotation_index: 0,
    annotation: CITATION,
  },
  { type: "response.output_text.done", ...inText, text: "Grüße", logprobs: [] },
  { type: "response.content_part.done", ...inText, part: TEXT },
  done(1, MESSAGE),
  added(2, { ...CALL, status: "in_progress", arguments: "" }),
  added(3, { ...PATCH, status: "in_progress", input: "" }),
  { type: "response.function_call_arguments.delta", ...inCall, delta: '{"command":' },
  { type: "response.custom_tool_call_input.delta", ...inPatch, delta: "*** Begin Patch" },
  { type: "response.function_call_arguments.delta", ...inCall, delta: '"ls"}' },
  {
    type: "response.function_call_arguments.done",
    ...inCall,
    name: "Bash",
    arguments: CALL.arguments,
  },
  done(2, CALL),
  { type: "response.custom_tool_call_input.done", ...inPatch, input: PATCH.input },
  done(3, PATCH),
  added(4, { ...SEARCH, status: "in_progress", arguments: {} }),
  done(4, SEARCH),
  {
    type: "response.completed",
    response: { ...RESPONSE, status: "completed", output: OUTPUT, usage: USAGE },
  },
]);

/** Where its events stand. */
export const AT = {
  created: 0,
  inProgress: 1,
  reasoningAdded: 2,
  summaryAdded: 3,
  summaryDelta: 4,
  summaryTextDone: 5,
  summaryDone: 6,
  reasoningDone: 7,
  messageAdded: 8,
  partAdded: 9,
  textDelta: 10,
  annotation: 12,
  textDone: 13,
  partDone: 14,
  messageDone: 15,
  callAdded: 16,
  patchAdded: 17,
  callDelta: 18,
  callArgumentsDone: 21,
  callDone: 22,
  patchInputDone: 23,
  patchDone: 24,
  searchDone: 26,
  completed: 27,
} as const;

/** Ends of other kinds, which are right where the stream has them. */
export function endingWith(
  status: "incomplete" | "failed",
  fields: JsonObject,
  output: readonly JsonValue[] = OUTPUT,
): Event {
  return {
    type: `response.${status}`,
    sequence_number: AT.completed,
    response: { ...RESPONSE, status, output, usage: USAGE, ...fields },
  };
}
