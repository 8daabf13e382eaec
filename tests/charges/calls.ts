/** Calls over every surface: where they go, what they say, and which of them have an answer that streams. */

import { type Mode, type Plan, textOf } from "./plan.ts";

export interface Kind {
  readonly name: string;
  readonly stream: boolean;
  readonly modes: readonly Mode[];
  /** It has two targets, which may be asked at once. */
  readonly mayBeHedged: boolean;
  path(): string;
  body(text: string): object;
}

/** Names that clients ask for; each stands for one model of one provider. */
export const ALIASES =
  "gpt=openai/gpt-4o,mini=openai/gpt-4o-mini,claude=anthropic/claude-sonnet-4-5," +
  "pro=gemini/gemini-2.5-pro,small=openai/text-embedding-3-small,stated=openrouter/openai/gpt-4o," +
  "own=mine/nobody-knows,either=openai/gpt-4o|anthropic/claude-sonnet-4-5";

const WHOLE: readonly Mode[] = ["well", "well", "well", "well", "failing"];
const STREAMED: readonly Mode[] = [...WHOLE, ...WHOLE, "cut"];

const chatBody = (model: string, stream: boolean) => (content: string) => ({
  model,
  stream,
  messages: [{ role: "user", content }],
});

function chats(model: string, more: readonly Mode[] = [], base = "/v1"): readonly Kind[] {
  return [false, true].map((stream) => ({
    name: `chat of ${model} below ${base}`,
    stream,
    modes: [...(stream ? STREAMED : WHOLE), ...more],
    mayBeHedged: model === "either",
    path: () => `${base}/chat/completions`,
    body: chatBody(model, stream),
  }));
}

function messages(model: string): readonly Kind[] {
  return [false, true].map((stream) => ({
    name: `messages of ${model}`,
    stream,
    modes: stream ? STREAMED : WHOLE,
    mayBeHedged: false,
    path: () => "/v1/messages",
    body: (text) => ({ ...chatBody(model, stream)(text), max_tokens: 4_000 }),
  }));
}

function responses(model: string): readonly Kind[] {
  return [false, true].map((stream) => ({
    name: `response of ${model}`,
    stream,
    modes: stream ? STREAMED : WHOLE,
    mayBeHedged: false,
    path: () => "/v1/responses",
    body: (input) => ({ model, stream, input }),
  }));
}

function geminis(model: string): readonly Kind[] {
  return [false, true].map((stream) => ({
    name: `Gemini's content of ${model}`,
    stream,
    modes: stream ? STREAMED : WHOLE,
    mayBeHedged: false,
    path: () =>
      `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: (text) => ({ contents: [{ role: "user", parts: [{ text }] }] }),
  }));
}

export const KINDS: readonly Kind[] = [
  ...chats("gpt", ["uncounted"]),
  ...chats("mini"),
  ...chats("claude"),
  ...chats("pro"),
  ...chats("stated"),
  ...chats("own"),
  ...chats("either", ["late"]),
  ...chats("claude", [], "/api/v1"),
  ...messages("claude"),
  ...messages("gpt"),
  ...responses("gpt"),
  ...responses("claude"),
  ...geminis("pro"),
  ...geminis("mini"),
  {
    name: "Ollama's chat",
    stream: true,
    modes: STREAMED,
    mayBeHedged: false,
    path: () => "/api/chat",
    body: chatBody("gpt", true),
  },
  {
    name: "inference",
    stream: false,
    modes: WHOLE,
    mayBeHedged: false,
    path: () => "/api/v1/inference",
    body: (content) => ({ model: "gpt", messages: [{ role: "user", content }] }),
  },
  {
    name: "streamed inference",
    stream: true,
    modes: STREAMED,
    mayBeHedged: false,
    path: () => "/api/v1/inference/stream",
    body: (content) => ({ model: "stated", messages: [{ role: "user", content }] }),
  },
  {
    name: "embeddings",
    stream: false,
    modes: WHOLE,
    mayBeHedged: false,
    path: () => "/v1/embeddings",
    body: (input) => ({ model: "small", input }),
  },
  {
    name: "handed through",
    stream: false,
    modes: WHOLE,
    mayBeHedged: false,
    path: () => "/v1/moderations",
    body: (input) => ({ model: "small", input }),
  },
];

/** How the client saw it. */
export interface Seen {
  readonly status: number;
  /** Of the header. */
  readonly cost: string | null;
  readonly hasLeft: boolean;
}

/** @param leaves After the first piece of the answer. */
export async function makeCall(
  url: string,
  kind: Kind,
  plan: Plan,
  leaves: boolean,
): Promise<Seen> {
  const leaving = new AbortController();
  const response = await fetch(url + kind.path(), {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": plan.call },
    body: JSON.stringify(kind.body(textOf(plan))),
    signal: leaving.signal,
  });
  const seen = { status: response.status, cost: response.headers.get("x-weir-cost") };
  const reader = response.body?.getReader();
  try {
    while (reader !== undefined) {
      const { done } = await reader.read();
      if (done) break;
      if (leaves) {
        leaving.abort();
        return { ...seen, hasLeft: true };
      }
    }
  } catch {
    // Broken off.
  }
  return { ...seen, hasLeft: false };
}
