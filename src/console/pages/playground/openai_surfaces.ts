/** Chat completions, wherever they are spoken, and Responses. */

import { type Asked, at, type Piece, type Surface, textAt, TOOL, type Turn } from "./surface.ts";

function chatBody({ model, turns, system, hasTool }: Asked): Record<string, unknown> {
  const messages = turns.map(({ role, text, image }) => ({
    role,
    content: image === undefined
      ? text
      : [{ type: "text", text }, { type: "image_url", image_url: { url: image } }],
  }));
  return {
    model,
    messages: system === "" ? messages : [{ role: "system", content: system }, ...messages],
    ...(hasTool ? { tools: [{ type: "function", function: TOOL }] } : {}),
  };
}

/** Of a chunk, or of a whole answer, whose message has the same members as a delta. */
function readChat(event: unknown): Piece {
  const choice = at(event, "choices", 0);
  const delta = at(choice, "delta") ?? at(choice, "message");
  const call = at(delta, "tool_calls", 0, "function");
  return {
    text: textAt(delta, "content"),
    reasoning: textAt(delta, "reasoning_content") || textAt(delta, "reasoning"),
    tool: textAt(call, "name") + (textAt(call, "name") && " ") + textAt(call, "arguments"),
    error: textAt(event, "error", "message"),
  };
}

export const chat: Surface = {
  name: "openai",
  label: "Chat Completions",
  prepare: (asked) => ({
    path: "/v1/chat/completions",
    body: { ...chatBody(asked), stream: true },
  }),
  read: readChat,
};

export const service: Surface = {
  name: "service",
  label: "Inference service, streamed",
  prepare: (asked) => ({
    path: "/api/v1/inference/stream",
    body: { ...chatBody(asked), stream: true },
  }),
  read: readChat,
};

export const wholeService: Surface = {
  name: "service-whole",
  label: "Inference service, whole",
  prepare: (asked) => ({ path: "/api/v1/inference", body: chatBody(asked) }),
  read: readChat,
};

export const socket: Surface = {
  name: "websocket",
  label: "WebSocket",
  isSocket: true,
  prepare: (asked) => ({
    path: "/ws",
    body: { type: "inference_request", id: "playground", data: chatBody(asked) },
  }),
  read: (event) => ({
    text: textAt(event, "data", "content"),
    reasoning: textAt(event, "data", "reasoning"),
    error: textAt(event, "error", "message"),
  }),
};

export const responses: Surface = {
  name: "responses",
  label: "Responses",
  prepare: ({ model, turns, system, hasTool }) => ({
    path: "/v1/responses",
    body: {
      model,
      stream: true,
      store: false,
      ...(system === "" ? {} : { instructions: system }),
      input: turns.map(inputOf),
      ...(hasTool ? { tools: [{ type: "function", ...TOOL }] } : {}),
    },
  }),
  read: (event) => {
    const type = textAt(event, "type");
    if (type === "response.output_text.delta") return { text: textAt(event, "delta") };
    if (type.startsWith("response.reasoning") && type.endsWith(".delta")) {
      return { reasoning: textAt(event, "delta") };
    }
    if (type === "response.output_item.added") return { tool: textAt(event, "item", "name") };
    if (type === "response.function_call_arguments.done") {
      return { tool: ` ${textAt(event, "arguments")}` };
    }
    return { error: textAt(event, "response", "error", "message") || textAt(event, "message") };
  },
};

function inputOf({ role, text, image }: Turn): unknown {
  if (role === "assistant") return { role, content: [{ type: "output_text", text }] };
  const picture = image === undefined ? [] : [{ type: "input_image", image_url: image }];
  return { role, content: [{ type: "input_text", text }, ...picture] };
}
