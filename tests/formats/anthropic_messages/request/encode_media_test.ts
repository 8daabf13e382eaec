/** Media of a request, and what is refused. */

import { assertEquals, assertThrows } from "@std/assert";
import type { ChatRequest, Part } from "../../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { encode, fieldOf, OWN, say } from "./neutral_requests.ts";

const MEDIA: readonly (readonly [what: string, part: Part, block: JsonObject])[] = [
  ["an address", image({ type: "url", url: "https://example.com/a.png" }), {
    type: "image",
    source: { type: "url", url: "https://example.com/a.png" },
  }],
  ["a data: URL", image({ type: "url", url: "data:image/jpg;base64,QUI=" }), {
    type: "image",
    source: { type: "base64", media_type: "image/jpeg", data: "QUI=" },
  }],
  ["a PDF", document({ type: "inline", mediaType: "application/pdf", data: "QUI=" }, "a.pdf"), {
    type: "document",
    source: { type: "base64", media_type: "application/pdf", data: "QUI=" },
    title: "a.pdf",
  }],
  ["a text file", document({ type: "inline", mediaType: "text/csv", data: "w6k=" }), {
    type: "document",
    source: { type: "text", media_type: "text/plain", data: "é" },
  }],
  ["a file of its own", document({ type: "file", id: "file_1", issuer: OWN }), {
    type: "document",
    source: { type: "file", file_id: "file_1" },
  }],
];

type Source = Extract<Part, { readonly type: "media" }>["source"];

function image(source: Source): Part {
  return { type: "media", kind: "image", source };
}

function document(source: Source, name?: string): Part {
  return { type: "media", kind: "document", source, ...(name !== undefined && { name }) };
}

for (const [what, part, block] of MEDIA) {
  Deno.test(`encodeRequest() writes ${what}`, () => {
    const [turn] = fieldOf({ messages: [say("user", part)] }, "messages") as JsonObject[];
    assertEquals(turn?.["content"], [block]);
  });
}

const REFUSED: readonly (readonly [what: string, fields: Partial<ChatRequest>])[] = [
  ["several choices", { choices: 2 }],
  ["logprobs", { logprobs: true }],
  ["nothing to answer", { messages: [say("system", "Hi")] }],
  ["a role that nobody knows", { messages: [say("narrator", "Hi")] }],
  ["sound", {
    messages: [say("user", {
      type: "media",
      kind: "audio",
      source: { type: "inline", mediaType: "audio/wav", data: "" },
    })],
  }],
  ["a file of another provider", {
    messages: [say("user", document({ type: "file", id: "f", issuer: "openai_chat" }))],
  }],
  ["a document that it cannot read", {
    messages: [say("user", document({ type: "inline", mediaType: "application/zip", data: "" }))],
  }],
];

for (const [what, fields] of REFUSED) {
  Deno.test(`encodeRequest() refuses ${what}`, () => {
    const error = assertThrows(() => encode(fields), GatewayError);
    assertEquals(error.kind, "invalid_request");
  });
}
