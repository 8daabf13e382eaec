/** What the threads have to do: requests, and what the upstream answers them. */

import { chat } from "./peers/apis/chat.ts";

const PROMPT_BYTES = 500;
const PIECES = 200;
const PIECE = "Cats sleep for most of the day, and hunt at dusk. ";

export interface Work {
  readonly name: string;
  readonly path: string;
  readonly body: string;
  /** Of the upstream, as it goes onto the wire. */
  readonly answer: string;
  /** What a whole answer of Weir's holds. */
  readonly expected: string;
  /** Variables that lead to the upstream on a port. */
  readonly env: (providerPort: number) => Readonly<Record<string, string>>;
}

const openai: Work["env"] = (port) => ({
  OPENAI_API_KEY: "sk-bench",
  OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
});

export const WORK: readonly Work[] = [
  {
    name: "JSON completion",
    path: "/v1/chat/completions",
    body: chatBody(false),
    answer: chat.whole.wire,
    expected: "Cats sleep.",
    env: openai,
  },
  {
    name: "SSE, 200 events of 250 bytes, observed",
    path: "/v1/chat/completions",
    body: chatBody(true),
    answer: chat.burst.wire,
    expected: "data: [DONE]",
    env: openai,
  },
  {
    name: "chatjimmy's text, 200 pieces of 50 bytes, transcoded to SSE",
    path: "/v1/chat/completions",
    body: chatBody(true),
    answer: textAnswer(),
    expected: "data: [DONE]",
    env: (port) => ({ CHATJIMMY_BASE_URL: `http://127.0.0.1:${port}` }),
  },
];

function chatBody(isStream: boolean): string {
  return chat.body({ model: chat.model, promptBytes: PROMPT_BYTES, isStream });
}

/** ASCII only, so that characters are bytes. */
function textAnswer(): string {
  const stats = { done: true, done_reason: "stop", prefill_tokens: 100, decode_tokens: 2_200 };
  const ending = `\n<|stats|>${JSON.stringify(stats)}<|/stats|>`;
  const chunks = [...Array.from({ length: PIECES }, () => PIECE), ending, ""]
    .map((text) => `${text.length.toString(16)}\r\n${text}\r\n`);
  const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n" +
    "transfer-encoding: chunked\r\n\r\n";
  return head + chunks.join("");
}
