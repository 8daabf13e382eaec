/** What a provider calls its failure, at whatever length: clients, log and ledger look it up as a name. */

import { assert, assertEquals } from "@std/assert";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { gemini } from "../../src/formats/gemini/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { openaiResponses } from "../../src/formats/openai_responses/mod.ts";
import { playCall } from "./play_call.ts";
import { type Answer, sse } from "./retry_cases.ts";

const LONG = "long_".repeat(2_000);
const FAULT = { error: { message: "No", type: LONG, code: LONG, status: LONG } };
const CUT = LONG.slice(0, 128);

const ANSWERS: readonly (readonly [title: string, answer: Answer, stream: boolean])[] = [
  ["with an error status", { status: 400, body: JSON.stringify(FAULT) }, false],
  ["with 200", { body: JSON.stringify(FAULT) }, false],
  ["in the first event of a stream", sse(JSON.stringify(FAULT)), true],
];

for (const [title, answer, stream] of ANSWERS) {
  Deno.test(`a failure told ${title} has names of 128 characters at most`, async () => {
    for (const formats of [openaiChat, anthropicMessages, openaiResponses, gemini]) {
      const body = { messages: [{ role: "user", content: "hi" }], input: "hi", max_tokens: 9 };
      const contents = [{ role: "user", parts: [{ text: "hi" }] }];
      const { error } = await playCall({
        ...{ formats, stream },
        body: formats === gemini ? { contents } : body,
        targets: [{ name: "a", answers: [answer], provider: { formats: { chat: [openaiChat] } } }],
        maxRetries: 0,
      });
      assert(error !== undefined);
      assertEquals([error.code, error.type], [CUT, CUT]);
    }
  });
}

Deno.test("a failure told behind a text has names of 128 characters at most", async () => {
  const started = { type: "message", id: "msg_1", role: "assistant", model: "m", content: [] };
  const { body } = await playCall({
    stream: true,
    body: { messages: [{ role: "user", content: "hi" }] },
    targets: [{
      name: "a",
      answers: [sse(
        JSON.stringify({ type: "message_start", message: started }),
        `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a"}}`,
        JSON.stringify({ ...FAULT, type: "error" }),
      )],
      provider: { formats: { chat: [anthropicMessages] } },
    }],
  });
  const last = body.split("\n").findLast((line) => line.startsWith("data: {")) ?? "";
  const { error } = JSON.parse(last.slice(6));
  assertEquals([error.code, error.type], [CUT, CUT]);
});
