// @ts-self-types="./std_assert.d.ts"
/** `@std/assert` from its npm mirror, which ships no types: those used are declared beside this. */
export {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "npm:deno-std@^1.4.0/assert/mod.js";
