/**
 * A stand-in for a provider of OpenAI's Responses, which keeps what it answers.
 *
 * A tag in the last user message chooses the scene: `[tool]` for a call of a tool that came along,
 * `[patch]` for a patch in the words of Codex. A result of a tool is answered with text.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/core/text/json.ts";
import { callOf, PATCH, PATCH_TOOL, type ToolCall } from "./agent_tools.ts";
import { eventStream, serveStandIn, type StandIn, type StandInRequest } from "./stand_in.ts";

export const RESPONSES_KEY = "sk-stand-in-of-responses";
export const RESPONSES_TEXT = "Grüße, 世界 🌍: an answer of the Responses stand-in";
export const RESPONSES_MODEL = "gpt-responses";

const PIECE_CHARACTERS = 7;
const USAGE: JsonObject = {
  input_tokens: 43,
  input_tokens_details: { cached_tokens: 7, cache_write_tokens: 0 },
  output_tokens: 15,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 58,
};

/** As OpenAI's are. */
export function responseId(number: number): string {
  return `resp_${number.toString(16).padStart(48, "0")}`;
}

export function startResponses(): StandIn {
  const kept = new Map<string, JsonObject>();
  let count = 0;
  return serveStandIn((request) => {
    const { method, path, headers, json } = request;
    if (headers.get("authorization") !== `Bearer ${RESPONSES_KEY}`) {
      return refuse(401, "Incorrect API key provided", "invalid_api_key");
    }
    const { pathname } = new URL(path, "http://stand-in");
    if (method === "GET" && pathname === "/v1/models") {
      const model = { id: RESPONSES_MODEL, object: "model", created: 1, owned_by: "stand-in" };
      return Response.json({ object: "list", data: [model] });
    }
    if (method === "POST" && pathname === "/v1/responses") {
      return respond(json, kept, responseId(++count));
    }
    if (method === "POST" && pathname === "/v1/responses/input_tokens") {
      return Response.json({ object: "response.input_tokens", input_tokens: 14 });
    }
    if (method === "POST" && pathname === "/v1/responses/compact") return compaction(json);
    return retrieve(request, pathname, kept);
  });
}

function refuse(status: number, message: string, code: string | null = null): Response {
  const error = { message, type: "invalid_request_error", param: null, code };
  return Response.json({ error }, { status });
}

function retrieve(
  { method }: StandInRequest,
  pathname: string,
  kept: Map<string, JsonObject>,
): Response {
  const [, id = "", action] = /^\/v1\/responses\/([^/]+)(?:\/(\w+))?$/.exec(pathname) ?? [];
  const response = kept.get(id);
  if (response === undefined) return refuse(404, `Response with id '${id}' not found.`);
  if (method === "DELETE") {
    kept.delete(id);
    return Response.json({ id, object: "response", deleted: true });
  }
  if (action === "input_items") return Response.json({ object: "list", data: [] });
  if (action === "cancel") return Response.json({ ...response, status: "cancelled" });
  return Response.json(response);
}

function compaction({ model }: JsonObject): Response {
  const item = { type: "compaction", id: "cmp_1", encrypted_content: "sealed-by-the-stand-in" };
  const envelope = { id: "resp_cmp", object: "response.compaction", created_at: 1, model };
  return Response.json({ ...envelope, output: [item], usage: USAGE });
}

function respond(
  json: JsonObject,
  kept: Map<string, JsonObject>,
  id: string,
): Response {
  const { model, input, store, stream, background, previous_response_id: previous } = json;
  if (typeof model !== "string") return refuse(400, "model is required");
  if (typeof previous === "string" && !kept.has(previous)) {
    const message = `Previous response with id '${previous}' not found.`;
    return refuse(400, message, "previous_response_not_found");
  }
  const items = typeof input === "string"
    ? [{ type: "message", role: "user", content: input }]
    : (input ?? []) as readonly JsonObject[];
  const item = answerTo(items, toolsOf(json, items));
  const envelope: JsonObject = {
    id,
    object: "response",
    created_at: 1_780_000_000,
    status: "in_progress",
    background: background === true,
    error: null,
    incomplete_details: null,
    instructions: json.instructions ?? null,
    metadata: {},
    model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: previous ?? null,
    temperature: 1,
    tool_choice: "auto",
    tools: json.tools ?? [],
    top_p: 1,
    usage: null,
  };
  const whole = { ...envelope, status: "completed", output: [item], usage: USAGE };
  if (store !== false) kept.set(id, whole);
  if (background === true && stream !== true) {
    return Response.json({ ...envelope, status: "queued" });
  }
  return stream === true ? streamOf(envelope, whole, item) : Response.json(whole);
}

/** Those of the request, and those that an item of it brings. */
function toolsOf({ tools }: JsonObject, items: readonly JsonObject[]): readonly JsonObject[] {
  const added = items.filter(({ type }) => type === "additional_tools");
  return [tools, ...added.map((item) => item.tools)].flatMap((list) =>
    Array.isArray(list) ? list.filter(isJsonObject) : []
  );
}

function answerTo(items: readonly JsonObject[], tools: readonly JsonObject[]): JsonObject {
  const last = items.findLastIndex(({ type, role }) =>
    role === "assistant" || type === "function_call" || type === "custom_tool_call"
  );
  const turn = items.slice(last + 1);
  const results = turn.filter(({ type }) => /_output$/.test(String(type)));
  if (results.length > 0) {
    return message(`The tool said: ${results.map(({ output }) => textOf(output)).join(" and ")}`);
  }
  const asked = turn.filter(({ role }) => role === "user").map(({ content }) => textOf(content));
  const tag = [...asked.join("\n").matchAll(/\[(tool|patch)\]/g)].at(-1)?.[1];
  if (tag === "patch" && tools.some(({ name }) => name === PATCH_TOOL)) return patchCall();
  const functions = tools.filter(({ type }) => type === "function").map(
    ({ name, parameters }) => ({ name: String(name), schema: (parameters ?? {}) as JsonObject }),
  );
  const call = tag === "tool" ? callOf(functions) : undefined;
  return call === undefined ? message(RESPONSES_TEXT) : functionCall(call);
}

function textOf(content: JsonValue | undefined): string {
  if (!Array.isArray(content)) return String(content ?? "");
  return content.map((part) => isJsonObject(part) ? part.text ?? "" : "").join(" ");
}

function message(text: string): JsonObject {
  const part = { type: "output_text", annotations: [], logprobs: [], text };
  const role = "assistant";
  return { id: "msg_stand_in", type: "message", status: "completed", role, content: [part] };
}

function functionCall({ name, input }: ToolCall): JsonObject {
  const call = { call_id: "call_stand_in", name, arguments: JSON.stringify(input) };
  return { id: "fc_stand_in", type: "function_call", status: "completed", ...call };
}

function patchCall(): JsonObject {
  const call = { call_id: "call_stand_in", name: PATCH_TOOL, input: PATCH };
  return { id: "ctc_stand_in", type: "custom_tool_call", status: "completed", ...call };
}

function streamOf(envelope: JsonObject, whole: JsonObject, item: JsonObject): Response {
  const events: JsonObject[] = [
    { type: "response.created", response: envelope },
    { type: "response.in_progress", response: envelope },
    ...itemEvents(item),
    { type: "response.completed", response: whole },
  ];
  return eventStream(events.map((event, sequence_number) => {
    const { type, ...rest } = event;
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...rest })}\n\n`;
  }));
}

function itemEvents(item: JsonObject): JsonObject[] {
  const place = { output_index: 0 };
  const within = { item_id: item.id, ...place };
  const added = (begun: JsonObject): JsonObject => ({
    type: "response.output_item.added",
    ...place,
    item: { ...item, status: "in_progress", ...begun },
  });
  const done: JsonObject = { type: "response.output_item.done", ...place, item };
  if (item.type === "message") {
    const [part] = item.content as readonly JsonObject[];
    const at = { ...within, content_index: 0 };
    const text = String(part?.text);
    return [
      added({ content: [] }),
      { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
      ...piecesOf(text).map((delta) => ({
        type: "response.output_text.delta",
        ...at,
        delta,
        logprobs: [],
      })),
      { type: "response.output_text.done", ...at, text, logprobs: [] },
      { type: "response.content_part.done", ...at, part: part ?? {} },
      done,
    ];
  }
  const [kind, member] = item.type === "function_call"
    ? ["function_call_arguments", "arguments"] as const
    : ["custom_tool_call_input", "input"] as const;
  const text = String(item[member]);
  const named = item.type === "function_call" ? { name: item.name } : {};
  return [
    added({ [member]: "" }),
    ...piecesOf(text).map((delta) => ({ type: `response.${kind}.delta`, ...within, delta })),
    { type: `response.${kind}.done`, ...within, [member]: text, ...named },
    done,
  ];
}

function piecesOf(text: string): string[] {
  return text.match(new RegExp(`.{1,${PIECE_CHARACTERS}}`, "gsu")) ?? [];
}
