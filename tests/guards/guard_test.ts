/** What of requests and answers guards look at. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Call } from "../../src/core/call.ts";
import type { ChatEvent, Part } from "../../src/core/chat/chat.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { JsonObject } from "../../src/core/text/json.ts";
import { Guard } from "../../src/guards/guard.ts";
import { guardListOptions } from "../../src/guards/options.ts";

const MAIL = "eve@example.com";

function guardOf(options: object): Guard {
  const [parsed] = guardListOptions.parse([
    { name: "mail", action: "mask", known: ["email"], ...options },
  ]);
  if (parsed === undefined) throw new Error("There is no guard");
  return new Guard(parsed);
}

const REQUESTS: Readonly<Record<string, JsonObject>> = {
  "a document of plain text": {
    messages: [{
      role: "user",
      content: [{ source: { type: "text", media_type: "text/plain", data: `to ${MAIL}` } }],
    }],
  },
  "an address that is no encoding": {
    messages: [{ content: [{ image_url: `https://a.example/?m=${MAIL}` }] }],
  },
  "members of a tool's arguments that are called like others": {
    messages: [{ content: [{ type: "tool_use", input: { id: MAIL, data: MAIL, role: [MAIL] } }] }],
  },
  "names in a tool's arguments": {
    messages: [{ content: [{ type: "tool_use", input: { nested: { [MAIL]: 1 } } }] }],
  },
  "arguments and results at Gemini": {
    contents: [{
      parts: [
        { functionCall: { name: "f", args: { type: MAIL } } },
        { functionResponse: { name: "f", response: { data: MAIL } } },
      ],
    }],
  },
  "results at Bedrock": { messages: [{ content: [{ toolResult: { json: { id: MAIL } } }] }] },
  "labels": { metadata: { id: MAIL } },
  "a tool's name and schema": {
    tools: [{ name: MAIL, parameters: { properties: { id: { enum: [MAIL] } } } }],
  },
};

Deno.test("whatever is a caller's own text is looked at, whatever its member is called", () => {
  for (const [what, body] of Object.entries(REQUESTS)) {
    const shown = JSON.stringify(guardOf({}).checkRequest(body, []));
    assert(!shown.includes(MAIL), `${what}: ${shown}`);
    assert(shown.includes("[masked]"), what);
  }
});

Deno.test("what names and kinds are, and what is encoded, stays as it is", () => {
  const encoded = `data:image/png;base64,${"a".repeat(400)}`;
  const body: JsonObject = {
    model: "user",
    input: [{ type: "user", role: "user", id: "user", content: [{ image_url: encoded }] }],
  };
  assertEquals(
    guardOf({ words: ["user", "a"], patterns: ["a{300}"] }).checkRequest(body, []),
    body,
  );
});

const NATIVE = { format: "f", value: { said: `of ${MAIL}` } };

const ANSWERS: Readonly<Record<string, readonly ChatEvent[]>> = {
  "a citation": [
    begun({ type: "text", text: "as said" }),
    { type: "block_citation", block: 0, citation: { quote: MAIL, title: MAIL, native: NATIVE } },
  ],
  "the citations of a text": [
    begun({ type: "text", text: "as said", citations: [{ url: MAIL, native: NATIVE }] }),
  ],
  "a part of its provider's own": [
    begun({ type: "native", format: "f", name: "result", value: [{ text: MAIL }] }),
  ],
  "a result of a tool": [
    begun({
      type: "tool_result",
      callId: "c",
      isError: false,
      parts: [{ type: "text", text: MAIL }],
    }),
  ],
  "a document": [
    begun({ type: "media", kind: "document", source: { type: "text", text: MAIL } }),
  ],
  "a block that nobody has begun": [
    { type: "block_delta", block: 7, text: "eve@exam" },
    { type: "block_delta", block: 7, text: "ple.com" },
  ],
  "why the model refused": [
    { type: "finish", choice: 0, reason: "content_filter", raw: "refusal", explanation: MAIL },
  ],
};

function begun(part: Part): ChatEvent {
  return { type: "block_start", choice: 0, block: 0, part };
}

Deno.test("whatever of an answer repeats a text is looked at", () => {
  for (const [what, events] of Object.entries(ANSWERS)) {
    const guard = guardOf({}).openAnswer([]);
    const shown = JSON.stringify([...guard.read(events), ...guard.end()]);
    assert(!shown.includes(MAIL) && !shown.includes("ple.com"), `${what}: ${shown}`);
    const refusing = guardOf({ action: "refuse" }).openAnswer([]);
    assertThrows(() => [...refusing.read(events), ...refusing.end()], GatewayError, "mail");
  }
});

Deno.test("a provider's name in front of a model's leads past no guard", () => {
  const guard = guardOf({ models: ["gpt-*"] });
  const call = (model: string) =>
    ({ model, principal: { name: "a" }, surface: "openai" }) as Pick<
      Call,
      "model" | "principal" | "surface"
    > as Call;
  assertEquals(
    ["gpt-5", "openai/gpt-5", "other", "openai/other"].map((name) => guard.appliesTo(call(name))),
    [true, true, false, false],
  );
});
