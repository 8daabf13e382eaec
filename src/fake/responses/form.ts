/** How an answer is written as a response, whole and as a stream. */

import { isJsonObject, type JsonObject, parseJsonObject } from "../../core/text/json.ts";
import { type Answer, type AnswerToolCall, FAKE_MODEL } from "../answer.ts";
import { hashText } from "../hash.ts";
import { joinTokens, splitFragments, type Tokens } from "../tokens.ts";
import type { ResponseRequest } from "./request.ts";
import { type DeclaredTool, findTool } from "./tools.ts";

/** What stands where a request says nothing. */
const DEFAULTS: JsonObject = {
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: false,
  temperature: 1,
  text: { format: { type: "text" } },
  tool_choice: "auto",
  tools: [],
  top_p: 1,
  truncation: "disabled",
};

const INCOMPLETE = { reason: "max_output_tokens" };

/** One item: what it is in the end, and the events between its beginning and that. */
interface SaidItem {
  readonly item: JsonObject;
  /** The same as it begins. */
  readonly added: JsonObject;
  /** Without number, item and index. */
  readonly events: Iterable<JsonObject>;
}

/** The data of each event of a stream but the last, and that one by itself. Made as it is read. */
export function responsePayloads(
  answer: Answer,
  request: ResponseRequest,
): { readonly payloads: Generator<string>; readonly end: () => string } {
  const items = itemsOf(answer, request);
  let number = 0;
  const write = (type: string, fields: JsonObject) =>
    JSON.stringify({ type, sequence_number: number++, ...fields });
  function* payloads(): Generator<string> {
    const response = responseOf(answer, request, "in_progress", []);
    yield write("response.created", { response });
    yield write("response.in_progress", { response });
    for (const [index, { item, added, events }] of items.entries()) {
      yield write("response.output_item.added", { output_index: index, item: added });
      for (const { type, ...fields } of events) {
        yield write(String(type), { item_id: item["id"], output_index: index, ...fields });
      }
      yield write("response.output_item.done", { output_index: index, item });
    }
  }
  const end = () => {
    const response = wholeResponse(answer, request, items);
    return write(answer.finishReason === "length" ? "response.incomplete" : "response.completed", {
      response,
    });
  };
  return { payloads: payloads(), end };
}

/** The JSON body. */
export function responseBody(answer: Answer, request: ResponseRequest): string {
  return JSON.stringify(wholeResponse(answer, request, itemsOf(answer, request)));
}

function wholeResponse(
  answer: Answer,
  request: ResponseRequest,
  items: readonly SaidItem[],
): JsonObject {
  const { finishReason } = answer;
  const status = finishReason === null
    ? null
    : finishReason === "length"
    ? "incomplete"
    : "completed";
  return {
    ...responseOf(answer, request, status, items.map(({ item }) => item)),
    usage: usageOf(answer),
  };
}

function responseOf(
  { digits, createdSeconds }: Answer,
  request: ResponseRequest,
  status: string | null,
  output: readonly JsonObject[],
): JsonObject {
  const echo = Object.entries(DEFAULTS).map(([name, absent]) => [name, request[name] ?? absent]);
  return {
    id: `resp_${digits}`,
    object: "response",
    created_at: createdSeconds,
    status,
    error: null,
    incomplete_details: status === "incomplete" ? INCOMPLETE : null,
    model: FAKE_MODEL,
    output,
    usage: null,
    ...Object.fromEntries(echo),
  };
}

function usageOf({ usage }: Answer): JsonObject {
  const { completionTokens, reasoningTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const inputTokens = usage.promptTokens + cacheReadTokens + cacheWriteTokens;
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cacheReadTokens, cache_write_tokens: cacheWriteTokens },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + completionTokens,
  };
}

function itemsOf(answer: Answer, request: ResponseRequest): readonly SaidItem[] {
  const { digits, reasoning, text, toolCalls, finishReason } = answer;
  const items: SaidItem[] = [];
  if (reasoning.count > 0) items.push(reasoningItem(digits, reasoning));
  const status = finishReason === "length" ? "incomplete" : "completed";
  if (text.count > 0) items.push(messageItem(digits, text, status));
  for (const call of toolCalls) items.push(callItem(call, findTool(request, call.name), status));
  return items;
}

function reasoningItem(digits: string, reasoning: Tokens): SaidItem {
  const text = joinTokens(reasoning);
  const id = `rs_${digits}`;
  const part = { type: "summary_text", text };
  const at = { summary_index: 0 };
  return {
    item: { id, type: "reasoning", summary: [part], encrypted_content: sealOf(text) },
    added: { id, type: "reasoning", summary: [] },
    events: [
      { type: "response.reasoning_summary_part.added", ...at, part: { ...part, text: "" } },
      ...Array.from(reasoning, (delta) => ({
        type: "response.reasoning_summary_text.delta",
        ...at,
        delta,
      })),
      { type: "response.reasoning_summary_text.done", ...at, text },
      { type: "response.reasoning_summary_part.done", ...at, part },
    ],
  };
}

function messageItem(digits: string, tokens: Tokens, status: string): SaidItem {
  const id = `msg_${digits}`;
  const head = { id, type: "message", role: "assistant" };
  const partOf = (text: string) => ({ type: "output_text", annotations: [], logprobs: [], text });
  return {
    // A million tokens need not be joined before they are said.
    get item() {
      return { ...head, status, content: [partOf(joinTokens(tokens))] };
    },
    added: { ...head, status: "in_progress", content: [] },
    events: {
      *[Symbol.iterator]() {
        const at = { content_index: 0 };
        yield { type: "response.content_part.added", ...at, part: partOf("") };
        for (const delta of tokens) {
          yield { type: "response.output_text.delta", ...at, delta, logprobs: [] };
        }
        const text = joinTokens(tokens);
        yield { type: "response.output_text.done", ...at, text, logprobs: [] };
        yield { type: "response.content_part.done", ...at, part: partOf(text) };
      },
    },
  };
}

/** A call in the kind in which its tool was declared. */
function callItem(
  { id: digits, name, input, fragments }: AnswerToolCall,
  tool: DeclaredTool,
  status: string,
): SaidItem {
  const { kind, namespace } = tool;
  const common = { id: `${kind}_${digits}`, call_id: `call_${digits}` };
  const own = { name, ...(namespace !== undefined && { namespace }) };
  if (kind === "tool_search") {
    const head = { ...common, type: "tool_search_call", execution: "client" };
    return {
      item: { ...head, status: "completed", arguments: parseJsonObject(input) ?? {} },
      added: { ...head, status: "in_progress", arguments: {} },
      events: [],
    };
  }
  if (kind === "custom") {
    const text = textInput(input);
    const head = { ...common, type: "custom_tool_call", ...own };
    return {
      item: { ...head, status, input: text },
      added: { ...head, status: "in_progress", input: "" },
      events: growing("response.custom_tool_call_input", splitFragments(text), { input: text }),
    };
  }
  const said = joinTokens(fragments);
  const head = { ...common, type: "function_call", ...own };
  return {
    item: { ...head, status, arguments: said },
    added: { ...head, status: "in_progress", arguments: "" },
    events: growing("response.function_call_arguments", fragments, { name, arguments: said }),
  };
}

function growing(type: string, tokens: Tokens, done: JsonObject): readonly JsonObject[] {
  return [
    ...Array.from(tokens, (delta) => ({ type: `${type}.delta`, delta })),
    { type: `${type}.done`, ...done },
  ];
}

/** The text of a custom tool is the field "input" of the tag's object. */
function textInput(input: string): string {
  const value = parseJsonObject(input);
  const text = isJsonObject(value) ? value["input"] : undefined;
  return typeof text === "string" ? text : input;
}

/** Nobody's, but the same for the same thoughts. */
function sealOf(text: string): string {
  return btoa(`fake-reasoning-${hashText(text)}`);
}
