/** The judges of the table, on bodies of which it is known what they must say. */

import { assert, assertEquals } from "@std/assert";
import type { JsonObject, JsonValue } from "../../../src/core/text/json.ts";
import { approximated, carried, difference, dropped, leftOut, refused } from "./expectation.ts";
import { type Feature, onlyOf } from "./feature.ts";
import { judge, type Outcome } from "./outcome.ts";
import { anyOf, has, type Pattern } from "./pattern.ts";

const FOUND: readonly (readonly [JsonValue | undefined, Pattern])[] = [
  [{ a: 1, b: 2 }, { a: 1 }],
  [[1, { a: 2, b: 3 }], [1, { a: 2 }]],
  ["Hi", [{ type: "text", text: "Hi" }]],
  [[{ type: "text", text: "Hi" }], "Hi"],
  [[{ text: "a" }, { text: "b" }], /^ab$/],
  [{}, { a: null }],
  [{ a: null }, { a: null }],
  [2, anyOf(1, 2)],
];

const MISSED: readonly (readonly [JsonValue | undefined, Pattern])[] = [
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { b: 1 }],
  [[1, 2], [1]],
  [[1], [1, 2]],
  [[2, 1], [1, 2]],
  ["Hi", [{ type: "text", text: "Hi", cache: true }]],
  [[{ type: "image" }], "Hi"],
  [[], ""],
  [1, "1"],
  [{ a: 0 }, { a: null }],
  [undefined, "Hi"],
  [3, anyOf(1, 2)],
];

Deno.test("has() finds what a pattern names, and nothing else", () => {
  for (const [value, pattern] of FOUND) assert(has(value, pattern), JSON.stringify(value));
  for (const [value, pattern] of MISSED) assert(!has(value, pattern), JSON.stringify(value));
});

const FEATURE: Feature = {
  words: { openai_chat: { stop: "END" }, anthropic_messages: { stop_sequences: ["END"] } },
  approximated: { anthropic_messages: { "at its end": { ends_with: "END" } } },
};

function judged(body: JsonObject, ...warnings: readonly string[]): Outcome["kind"] {
  return judge(FEATURE, "anthropic_messages", body, warnings).kind;
}

Deno.test("judge() tells what is carried, near, dropped, lost and leaked", () => {
  const own = { stop_sequences: ["END"] };
  const leak = { stop: onlyOf("openai_chat") };
  assertEquals(judged(own), "carried");
  assertEquals(judged(own, "It is left out"), "carried, with a warning");
  assertEquals(judged({ ends_with: "END" }), "approximated");
  assertEquals(judged({ ends_with: "END" }, "It is near"), "approximated");
  assertEquals(judged({}, "It is left out"), "dropped");
  assertEquals(judged({}), "left out");
  for (const rest of [{}, own, { ends_with: "END" }]) {
    assertEquals(judged({ ...rest, ...leak }, "It is left out"), "leaked");
  }
});

Deno.test("difference() is none for what is expected alone", () => {
  const outcomes: readonly Outcome[] = [
    { kind: "carried" },
    { kind: "approximated", how: "near", warnings: [] },
    { kind: "approximated", how: "near", warnings: [`"a" is near`] },
    { kind: "dropped", warnings: [`"a" is left out`] },
    { kind: "refused", status: 400, message: `"a" must be less` },
    { kind: "left out", body: {} },
  ];
  const expectations = [
    carried,
    approximated("near"),
    approximated("near", "is near"),
    dropped(`"a" is`),
    refused(`"a" must`),
    leftOut("nobody needs it"),
  ];
  expectations.forEach((expected, row) => {
    const fitting = outcomes.flatMap((outcome, column) =>
      difference(outcome, expected) === undefined ? [column] : []
    );
    assertEquals(fitting, [row]);
    assert(difference(undefined, expected) !== undefined);
  });
  for (const outcome of outcomes) assert(difference(outcome, undefined) !== undefined);
  assertEquals(difference(undefined, undefined), undefined);
  const others = [approximated("far"), approximated("near", "far"), dropped("far"), refused("far")];
  for (const expected of others) {
    assert(outcomes.every((outcome) => difference(outcome, expected) !== undefined));
  }
  for (const kind of ["leaked", "carried, with a warning"] as const) {
    const mistake: Outcome = kind === "leaked" ? { kind, body: {} } : { kind, warnings: [] };
    assert(expectations.every((expected) => difference(mistake, expected) !== undefined));
  }
});
