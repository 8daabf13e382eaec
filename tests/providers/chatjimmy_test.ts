import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { JsonObject } from "../../src/core/text/json.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { chatjimmy } from "../../src/formats/chatjimmy/mod.ts";
import { providerOf } from "./providers_of.ts";

const IMAGE = { type: "image_url", image_url: { url: "https://a.example/cat.png" } };

function warningsOf(
  environment: Readonly<Record<string, string>>,
  rest: JsonObject,
): readonly string[] {
  const messages = [{ role: "user", content: "hi" }];
  const request = openaiChat.request.decode({ model: "m", messages, ...rest });
  const provider = providerOf({ CHATJIMMY: "on", ...environment });
  return [
    ...chatjimmy.encodeRequest(request).warnings,
    ...provider.warnings(request, chatjimmy),
  ];
}

Deno.test("warnings of chatjimmy say what is left out", () => {
  const withImage = { messages: [{ role: "user", content: [{ type: "text", text: "?" }, IMAGE] }] };
  const audio = { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } };
  const withAudio = { messages: [{ role: "user", content: [{ type: "text", text: "?" }, audio] }] };
  const leftOut = "Content other than text was left out: this model reads text only";
  const cases = [
    [{}, []],
    [withImage, [leftOut]],
    [withAudio, [leftOut]],
    [{ top_k: 4, stream: true }, []],
    [{ user: "u" }, ["Ignored by this model: user"]],
    [{ temperature: 0, stop: "x" }, ["Ignored by this model: temperature, stop"]],
    [
      { ...withImage, max_tokens: 5, top_p: 1, seed: 1 },
      [leftOut, "Ignored by this model: max_completion_tokens, top_p, seed"],
    ],
  ] as const;
  for (const [body, warnings] of cases) assertEquals(warningsOf({}, body), warnings);
});

Deno.test("warnings() of chatjimmy refuse content other than text where they are told to", () => {
  const environment = { CHATJIMMY_IMAGES: "refuse" };
  assertEquals(warningsOf(environment, {}), []);
  const error = assertThrows(
    () => warningsOf(environment, { messages: [{ role: "user", content: [IMAGE] }] }),
    GatewayError,
  );
  assertEquals([error.kind, error.param], ["invalid_request", "messages"]);
});
