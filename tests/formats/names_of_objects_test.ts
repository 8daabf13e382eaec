/** Names that every object inherits, such as `constructor`, are names like any other. */

import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../../src/core/text/json.ts";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { bedrockConverse } from "../../src/formats/bedrock_converse/mod.ts";
import { gemini } from "../../src/formats/gemini/mod.ts";
import { ollamaChat } from "../../src/formats/ollama/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { openaiResponses } from "../../src/formats/openai_responses/mod.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";

const INHERITED = ["constructor", "toString", "hasOwnProperty", "__proto__"];
const HI = [{ role: "user", content: "Hi" }];
const PROVIDERS = [anthropicMessages, bedrockConverse, gemini, ollamaChat, openaiResponses];
const MODELS = ["claude-opus-4-1", "us.anthropic.claude-opus-4-1-v1:0", "gemini-2.5-pro", "qwen3"];

Deno.test("an effort that nobody knows is none that objects have", () => {
  for (const format of PROVIDERS) {
    for (const model of MODELS) {
      const written = ["unheard-of", ...INHERITED].map((effort) => {
        const body = { model, messages: HI, max_tokens: 9_000, reasoning_effort: effort };
        const text = JSON.stringify(format.encodeRequest(openaiChat.request.decode(body)));
        return text.replaceAll(effort, "EFFORT");
      });
      assertEquals(new Set(written).size, 1, `${format.name} ${model} ${written.join("\n")}`);
    }
  }
});

Deno.test("fields and parts that are called so are unknown ones", () => {
  const decodeAll = (name: string): void => {
    const part = JSON.parse(`{"type":"${name}","text":"x"}`) as JsonObject;
    const said = [{ role: "user", content: [part] }];
    const own = JSON.parse(`{"model":"m","input":"Hi","${name}":1}`) as JsonObject;
    for (
      const decode of [
        () => openaiResponses.request.decode(own),
        () => openaiResponses.request.decode({ model: "m", input: said }),
        () => anthropicMessages.request.decode({ model: "m", max_tokens: 9, messages: said }),
        () => openaiChat.request.decode({ model: "m", messages: said }),
      ]
    ) {
      try {
        decode();
      } catch (thrown) {
        assert(thrown instanceof GatewayError, `${name}: ${thrown}`);
      }
    }
  };
  for (const name of INHERITED) decodeAll(name);
});
