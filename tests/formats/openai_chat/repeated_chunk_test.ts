import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../../src/core/chat/chat.ts";
import { parseJsonObject } from "../../../src/core/text/json.ts";
import { ChunkDecoder } from "../../../src/formats/openai_chat/answer/chunk.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";

const chunk = (text: string, { created = 1, index = 0, rest = "" } = {}) =>
  `{"id":"c","created":${created},"model":"m","choices":[{"index":${index},"delta":` +
  `{"content":${JSON.stringify(text)}},"finish_reason":null}]${rest}}`;

/** Chunks of one stream, each like the one before it or nearly so. */
const STREAMS: Readonly<Record<string, readonly string[]>> = {
  "the same form": ["a", "b", "c d", "é", "\u{1f600}"].map((text) => chunk(text)),
  "escapes": ["a", 'b"c', "d\\", "e\n", "f", "\\u0041", "g"].map((text) => chunk(text)),
  "empty text": ["a", "b", "", "c"].map((text) => chunk(text)),
  "a form that changes": [1, 1, 2, 2, 2, 1].map((created) => chunk("a", { created })),
  "choices in turn": [0, 1, 0, 1, 1, 0, 0].map((index) => chunk("a", { index })),
  "a text that looks like the rest of its chunk": [
    chunk("a"),
    chunk("b"),
    chunk(`x"},"finish_reason":"stop"}],"error":{"message":"m"},"z":["`),
    chunk("c"),
  ],
  "no text but its rest": [
    chunk("a"),
    chunk("b"),
    chunk("a").replace(`"finish_reason":null`, `"finish_reason":"stop"`),
    chunk("c"),
  ],
  "content twice, of which the last counts": ["a", "a", "b", "c"].map((text) =>
    chunk("a").replace(`"delta":{`, `"delta":{"content":"${text}",`)
  ),
  "another field of that name": ["a", "a", "b"].map((text) =>
    chunk(text).replace(`{"id"`, `{"x":{"content":"a"},"id"`)
  ),
  "a field of that name that is text of its own": ["a", "a", "b", "c"].map((text) =>
    chunk("a").replace(`{"id"`, `{"x":{"content":"${text}"},"id"`)
  ),
  "spaces": ["a", "b", "c"].map((text) => chunk(text).replaceAll(":", ": ")),
  "line ends within": ["a", "b", "c"].map((text) => chunk(text).replaceAll(",", ", ")),
  "usage in each": ["a", "b"].map((text) => chunk(text, { rest: `,"usage":{"total_tokens":1}` })),
  "what is no object": [chunk("a"), chunk("b"), chunk("c").slice(0, -1), chunk("d")],
};

/** Every chunk parsed by itself. */
function decodeEach(chunks: readonly string[]): ChatEvent[] {
  const decoder = new ChunkDecoder();
  return chunks.flatMap((text) => {
    const body = parseJsonObject(text);
    return body === undefined ? [] : decoder.decode(body, "delta");
  });
}

for (const [name, chunks] of Object.entries(STREAMS)) {
  Deno.test(`a stream decoder of chats reads repeated chunks as if it parsed each: ${name}`, () => {
    const decoder = openaiChat.streamDecoder({ choices: 2, maxEventBytes: 65_536 });
    const bytes = new TextEncoder().encode(chunks.map((text) => `data: ${text}\n\n`).join(""));
    assertEquals(decoder.push(bytes), decodeEach(chunks));
  });
}
