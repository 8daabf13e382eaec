import { assertEquals, assertThrows } from "@std/assert";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { openaiEmbeddings } from "../../src/formats/openai_embeddings/mod.ts";
import { chooseFormat, firstFormat } from "../../src/gateway/tries/sending/choose_format.ts";
import { openaiStyle } from "../../src/providers/openai_style.ts";

const BOTH = {
  chat: [anthropicMessages, openaiChat],
  embeddings: [openaiEmbeddings],
  count_tokens: [anthropicMessages],
};

Deno.test("chooseFormat() takes the client's own format where it is spoken, else a chat's first", () => {
  const cases = [
    ["chat", "openai_chat", openaiChat],
    ["chat", "anthropic_messages", anthropicMessages],
    ["chat", "other", anthropicMessages],
    ["embeddings", "openai_embeddings", openaiEmbeddings],
    ["count_tokens", "anthropic_messages", anthropicMessages],
    // Chats, embeddings and counts are translated, and nothing else.
    ["embeddings", "other", openaiEmbeddings],
    ["count_tokens", "gemini", anthropicMessages],
    ["completions", "openai_completions", undefined],
  ] as const;
  for (const [operation, own, format] of cases) {
    assertEquals(chooseFormat(BOTH, operation, own)?.name, format?.name, `${operation} ${own}`);
  }
});

Deno.test("firstFormat() is a chat's, or whatever else is spoken", () => {
  const provider = openaiStyle({ name: "a", baseUrl: "http://a.test", reason: "" });
  const first = (formats: typeof provider.formats) => firstFormat({ ...provider, formats }).name;
  assertEquals(first({ embeddings: [openaiEmbeddings], chat: [openaiChat] }), "openai_chat");
  assertEquals(first({ embeddings: [openaiEmbeddings] }), "openai_embeddings");
  assertThrows(() => first({}), Error, "speaks no format");
});
