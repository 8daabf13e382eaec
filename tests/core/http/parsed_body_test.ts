import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ParsedBody } from "../../../src/core/http/parsed_body.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("a body that was let go of says the same again", () => {
  const text =
    '{"model":"m","__proto__":{"a":1},"texts":["\\ud800","\ufeff","\\u0000é"],"n":1e400}';
  const json = JSON.parse(text);
  const body = new ParsedBody(json, encode(text));
  assertStrictEquals(body.json, json);
  body.letGo();
  assert(body.json !== json);
  assertEquals(body.json, json);
  assertStrictEquals(body.json, body.json, "until it is let go of, it is the same");
});

Deno.test("what would take long to parse again is kept, as is what has no bytes", () => {
  const json = { text: "x".repeat(600_000) };
  const long = new ParsedBody(json, encode(JSON.stringify(json)));
  const alone = new ParsedBody(json);
  for (const body of [long, alone]) {
    body.letGo();
    assert(body.json === json);
  }
});
