import { assert, assertEquals } from "@std/assert";
import type { ClientFormats } from "../../src/core/format.ts";
import type { JsonObject } from "../../src/core/text/json.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { playCall, targetsOf } from "./play_call.ts";
import { limited, okStream } from "./retry_cases.ts";

Deno.test("no parsed prompt lives while an answer is awaited, and the next target reads the same", async () => {
  const seen: JsonObject[] = [];
  const { request } = openaiChat;
  const facts: typeof request.facts = (body) => {
    seen.push(body);
    return request.facts(body);
  };
  const formats: ClientFormats = { ...openaiChat, request: { ...request, facts } };
  const messages = [{ role: "user", content: "Hello" }];
  const { reply, sent } = await playCall({
    targets: targetsOf([[limited()], [okStream]]),
    formats,
    body: { messages },
    stream: true,
  });
  assertEquals(reply, "200");
  assertEquals(sent.map((body) => body["messages"]), [messages, messages]);
  const [first, second] = seen;
  assert(first !== second, "the first was let go of");
  assertEquals(first, second);
});
