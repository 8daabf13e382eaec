import { assertEquals } from "@std/assert";
import { isTelling } from "../../../src/formats/openai_chat/stream/telling_event.ts";

const utf8 = new TextEncoder();

function tells(event: string): boolean {
  const bytes = utf8.encode(`${event}\n\n`);
  return isTelling(bytes, 0, bytes.length);
}

Deno.test("isTelling() finds what matters, however it is spaced and wherever it stands", () => {
  const keys = [
    `"error":{"message":"x"}`,
    `"error":"x"`,
    `"object":"error"`,
    `"choices":[]`,
    `"usage":{"prompt_tokens":1}`,
    `"usage" : {"prompt_tokens":1}`,
    `"finish_reason":"stop"`,
    `"finish_reason": "stop"`,
    `"finish_reason" :"stop"`,
    // A key may be spelt with escapes.
    String.raw`"\u0065rror":{}`,
    String.raw`"e\u0072ror":{}`,
    String.raw`"erro\u0072":{}`,
    String.raw`"err\u006Fr":{}`,
    String.raw`"\u0075s\u0061ge":{}`,
    String.raw`"finish\u005freason":1`,
  ];
  for (const key of keys) {
    // Padding moves the key through every position that a search in steps could pass over.
    for (let padding = 0; padding < 16; padding++) {
      const before = "x".repeat(padding);
      assertEquals(tells(`data: {"p":"${before}",${key}}`), true, `${padding} ${key}`);
      assertEquals(tells(`data: {${key},"p":"${before}"}`), true, `${padding} ${key}`);
    }
  }
});

Deno.test("isTelling() finds a field that makes an error of the data around it", () => {
  for (const end of ["\n", "\r", "\r\n"]) {
    for (let padding = 0; padding < 16; padding++) {
      const before = `data: {"p":"${"x".repeat(padding)}",`;
      assertEquals(tells(`${before}${end}event: error${end}data: "a":1}`), true, `${padding}`);
    }
  }
});

Deno.test("isTelling() passes over what carries text on", () => {
  const events = [
    `data: {"x":[{"index":0,"delta":{"content":" word"},"finish_reason":null}],"usage":null}`,
    `data: {"x":[{"delta":{"content":"x"},"finish_reason": null, "native_finish_reason": null}]}`,
    `data: {"error":null,"x":[]}`,
    String.raw`data: {"delta":{"content":"\"error\": \"usage\": {\"finish_reason\":\"stop\""}}`,
    `data: {"errors":1,"usages":2,"reasons":3}`,
    String
      .raw`data: {"delta":{"content":"\n\t\\ \"\u003cb\u003e caf\u00e9 \ud83d\ude00 u0065 \u2665"}}`,
  ];
  for (const event of events) assertEquals(tells(event), false, event);
});

Deno.test("isTelling() looks at its own event only", () => {
  const bytes = utf8.encode(`data: {"a":1}\n\ndata: {"error":{}}\n\n`);
  assertEquals(isTelling(bytes, 0, 15), false);
  assertEquals(isTelling(bytes, 15, bytes.length), true);
});
