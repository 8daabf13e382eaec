/** What the upstream of the side-by-side runs answers, and what is accepted as an answer. */

import { assertEquals, assertThrows } from "@std/assert";
import type { Api } from "../../bench/peers/apis/api.ts";
import { chat } from "../../bench/peers/apis/chat.ts";
import { completions } from "../../bench/peers/apis/completions.ts";
import { embeddings } from "../../bench/peers/apis/embeddings.ts";
import { gemini } from "../../bench/peers/apis/gemini.ts";
import { messages } from "../../bench/peers/apis/messages.ts";
import { ollama } from "../../bench/peers/apis/ollama.ts";
import { responses } from "../../bench/peers/apis/responses.ts";

const APIS: readonly Api[] = [
  chat,
  messages,
  responses,
  gemini,
  ollama,
  completions,
  embeddings,
];

/** The body of a response as it goes onto the wire. */
function bodyOf(wire: string): string {
  const border = wire.indexOf("\r\n\r\n");
  const body = wire.slice(border + 4);
  return wire.slice(0, border).includes("chunked")
    ? body.split("\r\n").filter((_, line) => line % 2 === 1).join("")
    : body;
}

for (const api of APIS) {
  Deno.test(`${api.title}: its own answers are accepted, and those of another API are not`, () => {
    const answers = [api.whole, api.burst].filter((answer) => answer !== undefined);
    for (const { wire, check } of answers) {
      check(bodyOf(wire));
      assertThrows(() => check(bodyOf(wire).slice(0, -20)));
    }
    const other = api === chat ? messages : chat;
    assertThrows(() => api.whole.check(bodyOf(other.whole.wire)));
  });

  Deno.test(`${api.title}: its own request is accepted, and that of another API is not`, () => {
    const asked = { model: api.model, promptBytes: 50, isStream: false };
    api.checkRequest(api.path(asked), api.body(asked));
    const other = api === chat ? messages : chat;
    assertThrows(() => api.checkRequest(other.path(asked), other.body(asked)));
  });
}

Deno.test("an event of a chat has 250 bytes", () => {
  const event = bodyOf(chat.burst.wire).split("\n\n")[0] ?? "";
  assertEquals(`${event}\n\n`.length, 250);
});
