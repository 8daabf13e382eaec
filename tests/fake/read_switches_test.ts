import { assert, assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { readSwitches, type Switches } from "../../src/fake/read_switches.ts";
import { FLAG_TAGS, MAX_TAG_CHARACTERS, NUMBER_TAGS, TAGS } from "../../src/fake/tags.ts";

const CASES: readonly (readonly [prompt: string, switches: Switches])[] = [
  ["", {}],
  ["Say something", {}],
  ["[429]", { refusal: "429" }],
  ["please [503] now", { refusal: "503" }],
  ["[500] and [401]", { refusal: "500" }],
  ["[quota]", { refusal: "quota" }],
  ["[slow=20] [pace=5][cut=3]", { slow: 20, pace: 5, cut: 3 }],
  ["[cut=1] [cut=2]", { cut: 2 }],
  ["[429] [retry-after=7]", { refusal: "429", "retry-after": 7 }],
  ["[empty][nodone]", { empty: true, nodone: true }],
  ["[reasoning=let me see [it]", { reasoning: "let me see [it" }],
  // What only looks like a tag is text.
  ["[418] [constructor] [__proto__] [toString]", {}],
  ["[constructor=1] [slow] [tool] [Slow=x] [slow = x]", {}],
  ["a[0] = b[slow", {}],
  ["[slow=5", {}],
  ["[unknown=[empty]", { empty: true }],
  // Tools: brackets, braces and quotes inside of strings, and other tags, are part of the JSON.
  ["[tool=now]", { toolCalls: [{ name: "now", input: "{}" }] }],
  ["[tool=now  ]", { toolCalls: [{ name: "now", input: "{}" }] }],
  [
    `[tool=get_weather {"at": [{"city": "Köln ]}\\"[500]"}]}] [length]`,
    {
      length: true,
      toolCalls: [{ name: "get_weather", input: `{"at": [{"city": "Köln ]}\\"[500]"}]}` }],
    },
  ],
  ["[tool=a][tool=b {}]", {
    toolCalls: [{ name: "a", input: "{}" }, { name: "b", input: "{}" }],
  }],
];

Deno.test("readSwitches() finds tags anywhere and leaves the rest alone", () => {
  for (const [prompt, switches] of CASES) assertEquals(readSwitches(prompt), switches, prompt);
});

Deno.test("readSwitches() refuses a value out of bounds with the form and the bounds", () => {
  for (const [name, { form, min, max }] of Object.entries(NUMBER_TAGS)) {
    for (const value of ["", "x", "-1", "1.5", "1e3", " 1", String(max + 1), "9".repeat(400)]) {
      const error = assertThrows(() => readSwitches(`[${name}=${value}]`), GatewayError, form);
      assertEquals(error.message, `${form} takes a whole number from ${min} to ${max}`);
      assertEquals([error.kind, error.code], ["invalid_request", "invalid_tag"]);
    }
    for (const value of [min, max]) {
      assertEquals(readSwitches(`[${name}=${value}]`), { [name]: value });
    }
  }
});

Deno.test("readSwitches() refuses a tool whose JSON is broken, too long or one too many", () => {
  const prompts = [
    "[tool=]",
    "[tool= {}]",
    "[tool=a",
    "[tool=a b]",
    "[tool=a {]",
    "[tool=a {]}]",
    `[tool=a {"b":}]`,
    `[tool=a {"b`,
    "[tool=a {} {}]",
    `[tool=a {"b":"${"c".repeat(MAX_TAG_CHARACTERS)}"}]`,
    "[tool=a]".repeat(17),
  ];
  for (const prompt of prompts) {
    assertThrows(() => readSwitches(prompt), GatewayError, "[tool=NAME {json}]", prompt);
  }
});

Deno.test("readSwitches() takes linear time for prompts full of unclosed tags", () => {
  const prompts = ["[slow=", "[unknown=", "[reasoning=", "[", `[tool=a {"\\"`];
  const startMs = performance.now();
  for (const prompt of prompts) {
    for (const end of ["", "]"]) {
      try {
        readSwitches(prompt.repeat(500_000) + end);
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
      }
    }
  }
  // Quadratic time would be minutes; linear is well under a second.
  assert(performance.now() - startMs < 30_000);
});

Deno.test("TAGS has one row for each tag that the parser knows", () => {
  const names = TAGS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const name of [...Object.keys(NUMBER_TAGS), ...Object.keys(FLAG_TAGS), "tool", "429"]) {
    assertEquals(names.includes(name), true, name);
  }
  for (const { name, form, meaning } of TAGS) {
    assertEquals(form.startsWith(`[${name}`) && form.endsWith("]"), true, form);
    assertEquals(meaning === "", false, form);
  }
});
