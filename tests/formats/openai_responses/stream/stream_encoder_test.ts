/** Streams that are written: every event in its place, whatever the provider's blocks look like. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Part } from "../../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { add, begin, call, end, outputOf, responseOf, STOP, TEXT } from "./short_answers.ts";
import { encodeAll, readFrames } from "./stream_cases.ts";

Deno.test("a text is told in the order that its clients rely on", () => {
  const frames = readFrames(encodeAll([...TEXT, STOP]));
  assertEquals(frames.map(({ type }) => type), [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
  ]);
  assertEquals(frames.map((frame) => frame["sequence_number"]), frames.map((_, index) => index));
  assertEquals(outputOf([...TEXT, STOP]), [{
    id: "msg_weir_0",
    type: "message",
    status: "completed",
    role: "assistant",
    content: [{ type: "output_text", annotations: [], logprobs: [], text: "Hello" }],
  }]);
});

Deno.test("a response echoes its request, and what is kept wins over it", () => {
  const request = {
    model: "m",
    instructions: "Be brief",
    store: true,
    tools: [{ type: "web_search" }],
    text: { verbosity: "low" },
    metadata: { a: "b" },
  };
  const response = responseOf([...TEXT, STOP], { request });
  assertEquals(response["store"], false);
  assertEquals(response["instructions"], "Be brief");
  assertEquals(response["tools"], request.tools);
  assertEquals(response["metadata"], request.metadata);
  assertEquals(response["text"], { verbosity: "low", format: { type: "text" } });
  const answers: JsonObject[] = [];
  const kept = {
    id: "resp_kept",
    isKept: true,
    echo: { store: true, previous_response_id: "resp_before" },
    keep: (answer: JsonObject) => void answers.push(answer),
  };
  const [created] = readFrames(encodeAll([...TEXT, STOP], { request, kept }));
  const { id, store, previous_response_id: previous } = created!["response"] as JsonObject;
  assertEquals([id, store, previous], ["resp_kept", true, "resp_before"]);
  assertEquals(answers.length, 1);
  assertEquals(answers[0]!["status"], "completed");
  const [item] = answers[0]!["output"] as readonly JsonObject[];
  assertEquals(item!["id"], "msg_kept_0");
});

Deno.test("several texts in a row are parts of one message, and empty ones are nothing", () => {
  const output = outputOf([
    begin(0, { type: "text", text: "One" }),
    end(0),
    begin(1, { type: "text", text: "" }),
    end(1),
    begin(2, { type: "refusal", text: "No" }),
    end(2),
    STOP,
  ]);
  assertEquals(output.length, 1);
  assertEquals((output[0]!["content"] as readonly JsonObject[]).map(({ type }) => type), [
    "output_text",
    "refusal",
  ]);
});

Deno.test("a citation may come when its text has ended", () => {
  const native = { format: "openai_chat", value: {} };
  const [message] = outputOf([
    ...TEXT,
    {
      type: "block_citation",
      block: 0,
      citation: { url: "https://a.example", title: "A", native },
    },
    STOP,
  ]);
  const [part] = message!["content"] as readonly JsonObject[];
  assertEquals(part!["annotations"], [{
    type: "url_citation",
    start_index: 0,
    end_index: 5,
    url: "https://a.example",
    title: "A",
  }]);
});

Deno.test("log probabilities are told where the text is done", () => {
  const entry = { token: "Hello", logprob: -0.1, bytes: [], top_logprobs: [] };
  const [message] = outputOf([
    ...TEXT.slice(0, -1),
    { type: "logprobs", choice: 0, content: [entry] },
    end(0),
    STOP,
  ]);
  const [part] = message!["content"] as readonly JsonObject[];
  assertEquals(part!["logprobs"], [entry]);
});

Deno.test("calls that grow in turns are items side by side", () => {
  const output = outputOf([
    begin(0, { type: "text", text: "Two" }),
    end(0),
    begin(1, call("f", { callId: "a" })),
    begin(2, call("g", { callId: "b" })),
    add(1, '{"x"'),
    add(2, "{}"),
    add(1, ":1}"),
    end(1),
    end(2),
    STOP,
  ]);
  assertEquals(output.map((item) => [item["type"], item["call_id"], item["arguments"]]), [
    ["message", undefined, undefined],
    ["function_call", "a", '{"x":1}'],
    ["function_call", "b", "{}"],
  ]);
});

Deno.test("texts that are open side by side lose nothing", () => {
  const output = outputOf([
    begin(0, { type: "text", text: "a" }),
    begin(1, call("f")),
    add(0, "b"),
    begin(2, { type: "text", text: "c" }),
    add(0, "d"),
    end(1),
    end(0),
    add(2, "e"),
    end(2),
    STOP,
  ]);
  const texts = output.map(({ content }) => (content as readonly JsonObject[])?.[0]?.["text"]);
  assertEquals(texts, ["abd", undefined, "ce"]);
});

Deno.test("a call without arguments has empty ones, and one without an id gets one", () => {
  const output = outputOf([begin(0, call("f", { callId: "" })), end(0), STOP]);
  assertEquals(output[0]!["arguments"], "{}");
  assert(String(output[0]!["call_id"]).startsWith("call_"));
  assertThrows(() => encodeAll([begin(0, call(""))]), GatewayError, "without naming it");
});

const REQUEST = {
  tools: [
    { type: "custom", name: "apply_patch" },
    { type: "tool_search", execution: "client" },
    { type: "local_shell" },
    { type: "namespace", name: "N", tools: [{ type: "function", name: "open" }] },
  ],
  input: [{
    type: "additional_tools",
    role: "developer",
    tools: [{
      type: "namespace",
      name: "functions",
      tools: [{ type: "custom", name: "exec" }],
    }],
  }],
};

Deno.test("a call comes back in the kind in which its tool was declared (T70, T71, T73, T74)", () => {
  const patch = '*** Begin Patch\n"quoted"';
  const calls: readonly Part[] = [
    call("apply_patch", { callId: "1", input: JSON.stringify({ input: patch }) }),
    call("apply_patch", { callId: "2", kind: "custom", input: patch }),
    call("tool_search", { callId: "3", input: '{"query":"q"}' }),
    call("local_shell", { callId: "4", input: '{"command":["ls"],"timeout_ms":5}' }),
    call("N__open", { callId: "5", input: "{}" }),
    call("functions__exec", { callId: "6", input: '{"input":"1+1"}' }),
    call("unknown", { callId: "7", input: "{}" }),
  ];
  const events = calls.flatMap((part, block) => [begin(block, part), end(block)]);
  const output = outputOf([...events, STOP], { request: REQUEST });
  assertEquals(output.map(({ id: _, status: __, ...item }) => item), [
    { call_id: "1", type: "custom_tool_call", name: "apply_patch", input: patch },
    { call_id: "2", type: "custom_tool_call", name: "apply_patch", input: patch },
    { call_id: "3", type: "tool_search_call", execution: "client", arguments: { query: "q" } },
    {
      call_id: "4",
      type: "local_shell_call",
      action: { type: "exec", env: {}, command: ["ls"], timeout_ms: 5 },
    },
    { call_id: "5", type: "function_call", name: "open", arguments: "{}", namespace: "N" },
    {
      call_id: "6",
      type: "custom_tool_call",
      name: "exec",
      input: "1+1",
      namespace: "functions",
    },
    { call_id: "7", type: "function_call", name: "unknown", arguments: "{}" },
  ]);
});

Deno.test("reasoning is shown where it was asked for, and nowhere else", () => {
  const events = [
    begin(0, { type: "reasoning", text: "H" }),
    add(0, "m"),
    end(0),
    ...TEXT.map((event) => "block" in event ? { ...event, block: 1 } : event),
    STOP,
  ];
  assertEquals(outputOf(events)[0]!["summary"], [{ type: "summary_text", text: "Hm" }]);
  assertEquals(outputOf(events, { request: {} })[0]!["summary"], []);
});

Deno.test("other choices have no place, and pictures are those of a tool", () => {
  const source = { type: "inline", mediaType: "image/png", data: "aGk=" } as const;
  const output = outputOf([
    { type: "block_start", choice: 1, block: 9, part: { type: "text", text: "Other" } },
    begin(0, { type: "media", kind: "image", source }),
    end(0),
    STOP,
  ]);
  assertEquals(output, [{
    id: "ig_weir_0",
    type: "image_generation_call",
    status: "completed",
    result: "aGk=",
  }]);
});

Deno.test("an item of the format's own is written as it came", () => {
  const value = { id: "ws_1", type: "web_search_call", status: "completed", action: {} };
  const part = {
    type: "native",
    format: "openai_responses",
    name: "web_search_call",
    value,
  } as const;
  assertEquals(outputOf([begin(0, part), end(0), STOP]), [value]);
});
