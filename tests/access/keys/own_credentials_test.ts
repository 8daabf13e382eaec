import { assertEquals } from "@std/assert";
import { readOfferedKey, readWeirKey } from "../../../src/access/keys/offered_key.ts";
import { readOwnCredentials } from "../../../src/access/keys/own_credentials.ts";

/** The key that lets a request in, and what of it is sent to a provider that takes its callers' own. */
function read(given: Readonly<Record<string, string>>, needsKey = true) {
  const headers = new Headers(given);
  const own = readOwnCredentials(headers, readWeirKey(headers), needsKey);
  return [readOfferedKey({ headers, target: "/" }), own];
}

Deno.test("what lets a caller in is never among what is sent to a provider", () => {
  const login = "Bearer login";
  assertEquals(read({ "x-weir-key": "k", authorization: login }), ["k", [[
    "authorization",
    login,
  ]]]);
  assertEquals(read({ authorization: "Bearer k" }), ["k", []]);
  // A header that holds no key, as a template makes it whose variable is not set.
  assertEquals(read({ "x-weir-key": "", authorization: "Bearer k" }), ["k", []]);
  // Sent twice, it is read as one text.
  assertEquals(read({ "x-weir-key": "a, b", authorization: "Bearer k" }), ["k", []]);
  assertEquals(read({ "x-weir-key": "k", authorization: "Bearer k", "x-api-key": "k" }), ["k", []]);
});

Deno.test("an empty header is no credential", () => {
  const headers = { "x-weir-key": "k", authorization: "", "x-api-key": "own" };
  assertEquals(read(headers), ["k", [["x-api-key", "own"]]]);
  assertEquals(read({ authorization: "" }, false)[1], []);
});
