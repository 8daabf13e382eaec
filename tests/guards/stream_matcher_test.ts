import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Automaton, compilePattern, PatternError } from "../../src/guards/automaton.ts";
import { isIban, isLuhn, KNOWN_PATTERNS, type Rule } from "../../src/guards/known_patterns.ts";
import { guardListOptions } from "../../src/guards/options.ts";
import { createTextFilter } from "../../src/guards/text_filter.ts";

type Tried = Pick<Rule, "pattern"> & Partial<Rule>;

function filterOf(...rules: readonly Tried[]) {
  return createTextFilter({
    rules: rules.map(({ pattern, ignoresCase = false, isWhole = false, check }) => ({
      automaton: compiled(pattern, ignoresCase),
      rule: { isWhole, ...(check !== undefined && { check }) },
    })),
    mask: "#",
    onMatch: () => {},
  });
}

const known = new Map<string, Automaton>();

function compiled(pattern: string, ignoresCase: boolean): Automaton {
  const name = `${pattern} ${ignoresCase}`;
  const automaton = known.get(name) ?? compilePattern(pattern, ignoresCase);
  known.set(name, automaton);
  return automaton;
}

function masked(text: string, ...rules: readonly Tried[]): string {
  const filter = filterOf(...rules);
  return filter.push(text) + filter.end();
}

/** The same text in all two-way splits, and character by character. */
function assertMasked(text: string, expected: string, ...rules: readonly Tried[]): void {
  assertEquals(masked(text, ...rules), expected);
  for (let at = 0; at <= text.length; at++) {
    const filter = filterOf(...rules);
    const parts = [filter.push(text.slice(0, at)), filter.push(text.slice(at)), filter.end()];
    assertEquals(parts.join(""), expected, `split at ${at}`);
  }
  const filter = filterOf(...rules);
  const parts = [...text].map((character) => filter.push(character));
  assertEquals(parts.join("") + filter.end(), expected, "one by one");
}

Deno.test("a match is the leftmost and the longest, wherever the text is split", () => {
  assertMasked("xabcabx", "x#abx", { pattern: "abc" });
  assertMasked("aab abb b", "# # b", { pattern: "a+b*" });
  assertMasked("abab-ab", "#-#", { pattern: "(ab)+" });
  assertMasked("abcd", "#d", { pattern: "abc|bcd|ab" });
  assertMasked("abcx", "#cx", { pattern: "ab(cd)?" });
  assertMasked("ABC", "#", { pattern: "abc", ignoresCase: true });
  assertMasked("aaaa", "##", { pattern: "aa" });
});

Deno.test("what is whole begins and ends with a word", () => {
  const word = { pattern: "cat|category", isWhole: true };
  assertMasked("cat concat cats category, cat", "# concat cats #, #", word);
  assertMasked("abc-dexy", "#-dexy", { pattern: "[a-z]{3}(-[a-z]{3})?", isWhole: true });
  assertMasked("caté cat", "caté #", word);
});

Deno.test("numbers of cards and accounts are found where their check digits are right", () => {
  const [card] = KNOWN_PATTERNS.credit_card;
  assertMasked("pay 4111 1111 1111 1111 now", "pay # now", card);
  assertMasked("pay 4111 1111 1111 1112 now", "pay 4111 1111 1111 1112 now", card);
  assertMasked("2024 4111111111111111", "2024 #", card);
  const [iban] = KNOWN_PATTERNS.iban;
  assertMasked("to DE89 3704 0044 0532 0130 00.", "to #.", iban);
  assertMasked("to DE88370400440532013000.", "to DE88370400440532013000.", iban);
  assertEquals([isLuhn("378282246310005"), isLuhn("0000"), isIban("GB82WEST12345698765432")], [
    true,
    false,
    true,
  ]);
});

Deno.test("keys and addresses are found, and words like them are not", () => {
  const secrets = KNOWN_PATTERNS.secret;
  for (
    const secret of [
      "sk-proj-abcdefghijklmnop1234",
      "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
      "AKIAIOSFODNN7EXAMPLE",
      "xoxb-123456789012-abcdef",
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
      "-----BEGIN RSA PRIVATE KEY-----",
    ]
  ) assertMasked(`the key ${secret} is`, "the key # is", ...secrets);
  assertMasked(
    "task-force sk-short risk-abcdefghijklmnopqrst",
    "task-force sk-short risk-abcdefghijklmnopqrst",
    ...secrets,
  );
  assertMasked(
    "to Ada.L+x@mail.example.org, not @home",
    "to #, not @home",
    ...KNOWN_PATTERNS.email,
  );
});

Deno.test("random texts and patterns agree with the runtime's own engine", () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(seed / 65_536) % below;
  };
  // Alternatives that are longest first, so that the first that fits is the longest.
  const patterns = ["ab+", "a[bc]{1,3}", "(?:ab|ba)+", "b{2,}a?", "c[ab]*c"];
  for (let round = 0; round < 2_000; round++) {
    const pattern = patterns[random(patterns.length)]!;
    const text = Array.from({ length: random(24) }, () => "abc"[random(3)]).join("");
    const at = random(text.length + 1);
    const filter = filterOf({ pattern });
    const seen = filter.push(text.slice(0, at)) + filter.push(text.slice(at)) + filter.end();
    assertEquals(seen, text.replaceAll(new RegExp(pattern, "g"), "#"), `${pattern} in ${text}`);
  }
});

Deno.test("only what may still match is held back", () => {
  const filter = filterOf({ pattern: "secret-[0-9]{4}" });
  assertEquals(filter.push("hello "), "hello ");
  assertEquals(filter.push("se"), "");
  assertEquals(filter.push("t"), "set");
  assertEquals(filter.push("secret-12"), "");
  assertEquals(filter.push("34 x"), "# x");
});

Deno.test("no text makes a pattern slow", () => {
  const evil: readonly (readonly [pattern: string, unit: string])[] = [
    ["(a+)+b", "a"],
    ["(a|a)*b", "a"],
    ["(.*)*x", "a"],
    ["([a-z]+)*1", "abc"],
    ["(a|aa)+c", "a"],
    ["x*x*x*x*y", "x"],
  ];
  for (const [pattern, unit] of evil) {
    const text = unit.repeat(1_000_000 / unit.length);
    const startedMs = performance.now();
    assertEquals(masked(text, { pattern }), text);
    // In proportion it takes half a second; by the square it would take hours.
    const elapsedMs = performance.now() - startedMs;
    assert(elapsedMs < 30_000, `${pattern}: ${elapsedMs} ms`);
  }
});

Deno.test("what cannot be followed character by character is no pattern", () => {
  for (
    const pattern of [String.raw`\bcat`, "(?=x)y", String.raw`(a+|b)\1`, "^a", "a*", "(", "[z-a]"]
  ) {
    assertThrows(() => compilePattern(pattern, false), PatternError);
  }
});

Deno.test("what the parser of patterns refuses, the configuration refuses as well", () => {
  const parse = (pattern: string) =>
    guardListOptions.safeParse([{ name: "a", action: "flag", patterns: [pattern] }]).success;
  for (
    const pattern of [String.raw`\bcat`, "(?=x)y", String.raw`(a+|b)\1`, "^a", "a*", "(", "[z-a]"]
  ) {
    assertEquals(parse(pattern), false, pattern);
  }
  for (
    const pattern of ["[$^]a", String.raw`\$\^a`, String.raw`\\b`, "a(?:b|c)+", String.raw`[\b]x`]
  ) {
    assertEquals(parse(pattern), true, pattern);
    compilePattern(pattern, false);
  }
});
