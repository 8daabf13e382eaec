/**
 * One server that stands in for every provider that is known by name, each known by its key. It takes what the
 * real one takes, where the real one takes it, and refuses the rest as that does.
 *
 * @module
 */

type Body = Readonly<Record<string, unknown>>;

interface StandIn {
  readonly chat?: string;
  readonly messages?: string;
  readonly responses?: string;
  readonly list?: string;
  /** What the real one finds wrong with a chat. */
  readonly refuse?: (body: Body) => string | undefined;
  readonly models?: (model: string) => unknown;
  readonly model?: string;
  readonly refusal?: (message: string) => Response;
}

const OPENAI = {
  chat: "/v1/chat/completions",
  responses: "/v1/responses",
  list: "/v1/models",
} as const;
const LOCAL = { ...OPENAI, messages: "/v1/messages" } as const;

/** By the names that Weir gives them; what they take was written down from their documentation. */
export const STAND_INS: Readonly<Record<string, StandIn>> = {
  mistral: {
    chat: "/v1/chat/completions",
    list: "/v1/models",
    refuse: (body) =>
      unknown(body, [
        ...["model", "messages", "stream", "temperature", "top_p", "max_tokens", "stop", "n"],
        ...["random_seed", "response_format", "tools", "tool_choice", "presence_penalty"],
        ...["frequency_penalty", "prediction", "parallel_tool_calls", "safe_prompt"],
        "reasoning_effort",
      ]) ??
        inMessages(body, ["role", "content", "tool_calls", "tool_call_id", "name", "prefix"]) ??
        roles(body, ["system", "user", "assistant", "tool"]) ??
        (ids(body).every((id) => /^[A-Za-z0-9]{9}$/.test(id)) ? undefined : "Tool call id was x") ??
        (lastOf(body).role === "assistant" && lastOf(body).prefix !== true
          ? "Expected last role User or Tool"
          : undefined),
    refusal: (message) => Response.json({ detail: [{ msg: message }] }, { status: 422 }),
  },
  groq: {
    chat: "/openai/v1/chat/completions",
    responses: "/openai/v1/responses",
    list: "/openai/v1/models",
    refuse: (body) =>
      has(body, ["logprobs", "top_logprobs", "logit_bias"]) ??
        inMessages(body, ["role", "content", "tool_calls", "tool_call_id", "reasoning"]) ??
        (body.n === undefined || body.n === 1 ? undefined : "n must be at most 1"),
  },
  deepseek: {
    chat: "/chat/completions",
    messages: "/anthropic/v1/messages",
    list: "/models",
    refuse: (body) =>
      reasoningWithCalls(body) ?? roles(body, ["system", "user", "assistant", "tool"]),
  },
  xai: {
    ...OPENAI,
    model: "grok-4",
    refuse: (body) => has(body, ["presence_penalty", "frequency_penalty", "stop"]),
  },
  together: { chat: OPENAI.chat, list: OPENAI.list, models: (id) => [{ id, object: "model" }] },
  fireworks: {
    chat: "/inference/v1/chat/completions",
    list: "/inference/v1/models",
    model: "accounts/fireworks/models/x",
  },
  cerebras: {
    chat: OPENAI.chat,
    list: OPENAI.list,
    refuse: (body) =>
      has(body, ["prompt_cache_key", "verbosity", "store", "metadata", "safety_identifier"]) ??
        inMessages(body, ["role", "content", "name", "tool_calls", "tool_call_id", "reasoning"]),
    refusal: (message) => Response.json({ message, type: "x" }, { status: 422 }),
  },
  cohere: {
    chat: "/compatibility/v1/chat/completions",
    list: "/v1/models",
    models: (name) => ({ models: [{ name, endpoints: ["chat"], context_length: 8 }] }),
    refuse: (body) =>
      has(body, ["parallel_tool_calls", "logit_bias", "n"]) ??
        roles(body, ["system", "user", "assistant", "tool"]),
  },
  perplexity: { responses: OPENAI.responses },
  moonshot: {
    chat: OPENAI.chat,
    messages: "/anthropic/v1/messages",
    list: OPENAI.list,
    refuse: reasoningWithCalls,
  },
  zai: {
    chat: "/api/paas/v4/chat/completions",
    messages: "/api/anthropic/v1/messages",
    list: "/api/paas/v4/models",
    refuse: (body) =>
      has(body, ["max_completion_tokens"]) ??
        (body.tool_choice === undefined || body.tool_choice === "auto"
          ? undefined
          : "tool_choice") ??
        (body.stream === true && body.tools !== undefined && body.tool_stream !== true
          ? "Calls would come at once"
          : undefined),
    refusal: (message) => Response.json({ error: { code: "1210", message } }, { status: 400 }),
  },
  huggingface: { chat: OPENAI.chat, list: OPENAI.list },
  vllm: LOCAL,
  llamacpp: { chat: LOCAL.chat, messages: LOCAL.messages, list: LOCAL.list },
  lmstudio: LOCAL,
  llamaswap: { chat: LOCAL.chat, messages: LOCAL.messages, list: LOCAL.list },
  litellm: LOCAL,
  weir: LOCAL,
};

export const STAND_IN_MODEL = "m";

export interface PresetServer extends AsyncDisposable {
  readonly url: string;
  /** `provider METHOD path` of each request that was taken. */
  readonly taken: string[];
}

export function keyOf(name: string): string {
  return `planted-key-of-${name}`;
}

export function startPresets(): PresetServer {
  const taken: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const key = request.headers.get("authorization") ?? "";
      const [name, standIn] =
        Object.entries(STAND_INS).find(([name]) => key === `Bearer ${keyOf(name)}`) ?? [];
      if (name === undefined || standIn === undefined) return refusal(401, "No such key");
      const text = await request.text();
      const answer = search === "" ? answerTo(standIn, request, pathname, text) : undefined;
      if (answer === undefined) return refusal(404, `${request.method} ${pathname}${search}`);
      if (answer.status === 200) taken.push(`${name} ${request.method} ${pathname}`);
      return answer;
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    taken,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function answerTo(
  standIn: StandIn,
  { method, headers }: Request,
  path: string,
  text: string,
): Response | undefined {
  const { chat, messages, responses, list, models = listOf } = standIn;
  if (method === "GET" && path === list) {
    return Response.json(models(standIn.model ?? STAND_IN_MODEL));
  }
  if (method !== "POST" || headers.get("content-type") !== "application/json") return undefined;
  const body = JSON.parse(text);
  const { refusal: refuseWith = (message: string) => refusal(400, message) } = standIn;
  if (path === chat) {
    const reason = standIn.refuse?.(body);
    return reason === undefined ? chatAnswer(body) : refuseWith(reason);
  }
  if (path === messages) {
    return headers.has("anthropic-version") ? messagesAnswer(body) : refusal(400, "No version");
  }
  return path === responses ? responsesAnswer(body) : undefined;
}

function listOf(id: string): unknown {
  return { object: "list", data: [{ id, object: "model", created: 1, owned_by: "x" }] };
}

function refusal(status: number, message: string): Response {
  return Response.json({ error: { message, type: "invalid_request_error" } }, { status });
}

function chatAnswer({ model, stream }: Body): Response {
  const head = { id: "x", created: 1, model };
  if (stream !== true) {
    const message = { role: "assistant", content: "taken" };
    const choices = [{ index: 0, message, finish_reason: "stop" }];
    return Response.json({ ...head, object: "chat.completion", choices });
  }
  const chunk = (delta: object, end: string | null): string =>
    `data: ${
      JSON.stringify({
        ...head,
        object: "chat.completion.chunk",
        choices: [{ index: 0, delta, finish_reason: end }],
      })
    }\n\n`;
  return new Response(chunk({ content: "taken" }, null) + chunk({}, "stop") + "data: [DONE]\n\n", {
    headers: { "content-type": "text/event-stream" },
  });
}

function messagesAnswer({ model }: Body): Response {
  return Response.json({
    ...{ id: "x", type: "message", role: "assistant", model, stop_reason: "end_turn" },
    content: [{ type: "text", text: "taken" }],
    usage: { input_tokens: 1, output_tokens: 1 },
  });
}

function responsesAnswer({ model }: Body): Response {
  const content = [{ type: "output_text", text: "taken", annotations: [] }];
  return Response.json({
    ...{ id: "resp_x", object: "response", created_at: 1, status: "completed", model },
    output: [{ id: "msg_x", type: "message", role: "assistant", status: "completed", content }],
  });
}

function has(body: Body, names: readonly string[]): string | undefined {
  const name = names.find((name) => body[name] !== undefined);
  return name === undefined ? undefined : `property '${name}' is unsupported`;
}

function unknown(body: Body, known: readonly string[]): string | undefined {
  const name = Object.keys(body).find((name) => !known.includes(name));
  return name === undefined ? undefined : `Extra inputs are not permitted: ${name}`;
}

function messagesOf({ messages }: Body): readonly Body[] {
  return Array.isArray(messages) ? messages : [];
}

function lastOf(body: Body): Body {
  return messagesOf(body).at(-1) ?? {};
}

function inMessages(body: Body, known: readonly string[]): string | undefined {
  return messagesOf(body).map((message) => unknown(message, known)).find((each) => each);
}

function roles(body: Body, known: readonly string[]): string | undefined {
  const other = messagesOf(body).find(({ role }) => !known.includes(String(role)));
  return other && `role ${other.role} is unknown`;
}

function ids(body: Body): readonly string[] {
  return messagesOf(body).flatMap(({ tool_calls: calls, tool_call_id: id }) => [
    ...(typeof id === "string" ? [id] : []),
    ...(Array.isArray(calls) ? calls.map((call) => String(call.id)) : []),
  ]);
}

function reasoningWithCalls(body: Body): string | undefined {
  const lacking = messagesOf(body).some(({ role, tool_calls: calls, reasoning_content: text }) =>
    role === "assistant" && calls !== undefined && typeof text !== "string"
  );
  return lacking ? "Missing reasoning_content in the assistant message with tool calls" : undefined;
}
