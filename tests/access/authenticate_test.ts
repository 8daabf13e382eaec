import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import {
  type AuthenticateOptions,
  authenticateOptions,
  createAuthenticate,
} from "../../src/access/authenticate.ts";
import { formatKey, hashOf } from "../../src/access/keys/key_form.ts";
import { readOfferedKey } from "../../src/access/keys/offered_key.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const KEY = formatKey(new Uint8Array(32).fill(7));
const hash = hashOf(KEY);

/** Says who has a key, or the code of its refusal. */
function start(auth: unknown) {
  const clock = new ManualClock();
  const authenticate = createAuthenticate(authenticateOptions.parse(auth), clock);
  const nameOf = (headers: Record<string, string>): string => {
    try {
      return authenticate(() => readOfferedKey({ headers: new Headers(headers), target: "" })).name;
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) throw thrown;
      return `${thrown.status} ${thrown.code}`;
    }
  };
  return { clock, nameOf, bearer: (key: string) => nameOf({ authorization: `Bearer ${key}` }) };
}

Deno.test("without any key everybody is anonymous, whatever is offered", () => {
  const { nameOf } = start({});
  assertEquals(nameOf({}), "anonymous");
  assertEquals(nameOf({ authorization: "Bearer one", "x-api-key": "another" }), "anonymous");
});

Deno.test("PROXY_API_KEY and named keys pass beside each other", () => {
  const { bearer } = start({ apiKey: "the-key", keys: [{ name: "ci", hash }] });
  assertEquals(bearer("the-key"), "default");
  assertEquals(bearer(KEY), "ci");
  assertEquals(bearer(`${KEY}x`), "401 invalid_api_key");
  assertEquals(bearer(hash), "401 invalid_api_key", "the hash is no key");
});

Deno.test("a key is read wherever clients put it, and two that differ are refused", () => {
  const { nameOf } = start({ keys: [{ name: "ci", hash }] });
  const cases: readonly [Record<string, string>, string][] = [
    [{}, "401 missing_api_key"],
    [{ "x-api-key": KEY }, "ci"],
    [{ "api-key": KEY }, "ci"],
    [{ "x-goog-api-key": KEY, "api-key": KEY }, "ci"],
    [{ "x-goog-api-key": KEY, "api-key": "other" }, "400 conflicting_api_keys"],
    [{ "api-key": "of somebody else", authorization: `Bearer ${KEY}` }, "ci"],
    [{ "x-goog-api-key": "other", "x-api-key": KEY }, "ci"],
    [{ "x-api-key": `${KEY}, ${KEY}` }, "401 missing_api_key"],
    [{ "x-api-key": "", authorization: `bearer  ${KEY}` }, "ci"],
    [{ "x-api-key": KEY, authorization: `Bearer ${KEY}` }, "ci"],
    [{ "x-api-key": KEY, authorization: "Basic dXNlcjpwYXNz" }, "ci"],
    [{ "x-api-key": "other", authorization: `Bearer ${KEY}` }, "400 conflicting_api_keys"],
    [{ "x-api-key": KEY, authorization: "Bearer other" }, "400 conflicting_api_keys"],
    [{ authorization: KEY }, "401 missing_api_key"],
    [{ authorization: `Bearer ${"a".repeat(5_000)}` }, "401 missing_api_key"],
    [{ authorization: "Bearer k\u00e9y" }, "401 invalid_api_key"],
  ];
  for (const [headers, expected] of cases) {
    assertEquals(nameOf(headers), expected, JSON.stringify(headers).slice(0, 100));
  }
  assertEquals(readOfferedKey({ headers: new Headers(), target: "" }, "elsewhere"), "elsewhere");
  const headers = new Headers({ "x-api-key": "one" });
  assertThrows(() => readOfferedKey({ headers, target: "" }, "elsewhere"));
  assertEquals(readOfferedKey({ headers, target: "/v1?key=other" }), "one");
});

Deno.test("a key is refused from the moment at which it expires, and while it is disabled", () => {
  const expires = "1970-01-02";
  const { clock, bearer } = start({ keys: [{ name: "ci", hash, expires }] });
  clock.advance(86_400_000 - 1);
  assertEquals(bearer(KEY), "ci");
  clock.advance(1);
  assertEquals(bearer(KEY), "401 api_key_expired");
  const disabled = start({ keys: [{ name: "ci", hash, disabled: true }] });
  assertEquals(disabled.bearer(KEY), "401 api_key_disabled");
  assertEquals(
    disabled.nameOf({}),
    "401 missing_api_key",
    "a list of disabled keys still needs one",
  );
});

Deno.test("a principal has what its key is allowed, and is one object", () => {
  const limits = { v1: 5, tokensPerMinute: 1_000, maxConcurrentRequests: 2 };
  const options = authenticateOptions.parse({
    keys: [{ name: "ci", hash, limits, models: ["gpt-*"] }],
  });
  const authenticate = createAuthenticate(options, new ManualClock());
  const principal = authenticate(() => KEY);
  assertEquals(principal, { name: "ci", hasKey: true, limits, models: ["gpt-*"] });
  assertEquals(authenticate(() => KEY) === principal, true);
});

/** What is wrong with a list of keys, and where. */
const BAD_KEYS: readonly (readonly [keys: unknown, path: string, message: RegExp])[] = [
  [[{ name: "ci" }], "keys.0.hash", /expected string|sha256/],
  [[{ name: "ci", hash: "sha256:abc" }], "keys.0.hash", /weir key new/],
  [[{ name: "ci", hash: hash.toUpperCase() }], "keys.0.hash", /weir key new/],
  [[{ name: "c i", hash }], "keys.0.name", /letters, digits/],
  [[{ name: "default", hash }], "keys.0.name", /taken/],
  [[{ name: "anonymous", hash }], "keys.0.name", /taken/],
  [[{ name: "a", hash }, { name: "a", hash: hashOf("b") }], "keys.1.name", /"a" is taken/],
  [[{ name: "a", hash }, { name: "b", hash }], "keys.1.hash", /one name/],
  [[{ name: "a", hash, expires: "tomorrow" }], "keys.0.expires", /a date such as/],
  [[{ name: "a", hash, models: [] }], "keys.0.models", /1 to 100 names/],
  [[{ name: "a", hash, limits: { v2: 1 } }], "keys.0.limits", /v2/],
  [[{ name: "a", hash, key: KEY }], "keys.0", /"key"/],
];

Deno.test("a list of keys that cannot be used is refused, with the place", () => {
  for (const [keys, path, message] of BAD_KEYS) {
    const { error } = authenticateOptions.safeParse({ keys });
    const [issue] = error?.issues ?? [];
    assertEquals(issue?.path.join("."), path);
    assertEquals(message.test(issue?.message ?? ""), true, issue?.message);
    assertEquals(error?.message.includes(KEY), false, "a key in the wrong place is not repeated");
  }
});

/** @returns The shortest time of a lookup, in milliseconds. */
function timeOf(lookUp: () => unknown): number {
  let shortestMs = Infinity;
  for (let round = 0; round < 50; round++) {
    const startMs = performance.now();
    for (let times = 0; times < 20; times++) lookUp();
    shortestMs = Math.min(shortestMs, (performance.now() - startMs) / 20);
  }
  return shortestMs;
}

Deno.test("a key among 100,000 is found as fast as one among two", () => {
  const list = (count: number): AuthenticateOptions =>
    authenticateOptions.parse({
      keys: Array.from({ length: count }, (_, index) => ({
        name: `key-${index}`,
        hash: hashOf(`weir_${index}`),
      })),
    });
  const few = createAuthenticate(list(2), new ManualClock());
  const many = createAuthenticate(list(100_000), new ManualClock());
  assertEquals(many(() => "weir_99999").name, "key-99999");
  const fewMs = timeOf(() => few(() => "weir_1"));
  const manyMs = timeOf(() => many(() => "weir_99999"));
  // A search through the list would take some thousand times as long.
  assertEquals(manyMs < fewMs * 20, true, `${manyMs} ms, and ${fewMs} ms among two`);
});
