/** What is looked for in requests and answers, and what is done where it is found. */

import * as z from "zod";
import { webhookSecret } from "../ledger/webhooks/webhook_options.ts";
import { KNOWN_PATTERNS, type KnownPattern } from "./known_patterns.ts";
import { MAX_PATTERN_SIZE, sizeOf } from "./pattern_size.ts";

/** Longest text that a pattern may match; what is held back of a stream is never longer. */
export const MAX_MATCH_CHARACTERS = 1_000;

const name = z.string().regex(
  /^[A-Za-z0-9][\w.-]{0,63}$/,
  "must be up to 64 letters, digits or . _ -",
);
const globs = z.array(z.string().min(1).max(200)).min(1).max(1_000);
const knownNames = Object.keys(KNOWN_PATTERNS) as [KnownPattern, ...KnownPattern[]];

/**
 * What cannot be followed character by character. The parser that makes automata of patterns says the same, and is
 * not loaded for every start.
 */
const UNUSABLE = /\\[bB1-9k]|\(\?<?[=!]/;

const pattern = z.string().min(1).max(1_000).superRefine((text, { addIssue }) => {
  const message = problemOf(text);
  if (message !== undefined) addIssue({ code: "custom", message });
});

function problemOf(text: string): string | undefined {
  let empty: RegExp;
  try {
    empty = new RegExp(`^(?:${text})$`);
  } catch {
    return "must be a regular expression";
  }
  const plain = text.replace(/\\[^bB1-9k]|\[(?:\\.|[^\]\\])*\]/gs, "");
  if (UNUSABLE.test(plain) || /[$^]/.test(plain)) {
    return "must have no look-around, anchor, word boundary or back reference";
  }
  if (empty.test("")) return "must not match where there is nothing";
  return sizeOf(text) > MAX_PATTERN_SIZE
    ? "repeats too much: its repetitions, multiplied, must make 10,000 places at most"
    : undefined;
}

const webhook = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe("Where it is asked."),
  secret: webhookSecret.describe(
    "What signs what it is sent, as Standard Webhooks has it: `whsec_` and base64.",
  ),
  timeoutMs: z.int().min(10).max(60_000).default(2_000).describe("Time allowed for its answer."),
  onFailure: z.enum(["refuse", "pass"]).default("refuse").describe(
    "What becomes of a request where it does not answer.",
  ),
});

const guard = z.strictObject({
  name: name.describe("Its name, in the log and in refusals."),
  on: z.array(z.enum(["request", "answer"])).min(1).max(2).default(["request", "answer"]).describe(
    "Which texts it looks at.",
  ),
  action: z.enum(["refuse", "mask", "flag"]).describe(
    "What is done where it finds something: the call is refused, the text is replaced by `mask`, or the log says so.",
  ),
  words: z.array(z.string().min(1).max(200)).max(10_000).default([]).describe(
    "Words, in any case, which stand by themselves.",
  ),
  patterns: z.array(pattern).max(100).default([]).describe(
    "Regular expressions, without look-around, anchors and back references; they match 1,000 characters at most.",
  ),
  known: z.array(z.enum(knownNames)).max(knownNames.length).default([]).describe(
    "Patterns that are built in: keys and tokens, addresses of mail, numbers of cards and accounts whose check digits are right.",
  ),
  maxCharacters: z.int().min(1).max(1_000_000_000).optional().describe(
    "A request whose texts are longer together is refused, whatever the action.",
  ),
  mask: z.string().max(100).default("[masked]").describe("What stands where something was masked."),
  models: globs.optional().describe("Models and aliases, as clients name them; all if not set."),
  keys: globs.optional().describe("Names of keys; all callers if not set."),
  surfaces: globs.optional().describe("Surfaces, as the log names them; all if not set."),
  webhook: webhook.optional().describe("Asked of each request; it looks at no answers."),
}).superRefine((options, { addIssue }) => {
  const { words, patterns, known, maxCharacters, webhook: asked, on } = options;
  const finds = words.length + patterns.length + known.length > 0;
  if (!finds && maxCharacters === undefined && asked === undefined) {
    const message = "looks for nothing: give it words, patterns, known, maxCharacters or a webhook";
    addIssue({ code: "custom", path: [], message });
  }
  if (!finds && !on.includes("request")) {
    const message = "has nothing to look for in answers: give it words, patterns or known";
    addIssue({ code: "custom", path: ["on"], message });
  }
});

export const guardListOptions = z.array(guard).max(100).default([]).superRefine(
  (guards, { addIssue }) => {
    const names = new Set<string>();
    for (const [index, { name }] of guards.entries()) {
      if (names.has(name)) {
        const message = `the name "${name}" is taken by a guard above; choose another`;
        addIssue({ code: "custom", path: [index, "name"], message });
      }
      names.add(name);
    }
  },
).describe("What requests and answers are looked through for, in their order.");

export type GuardOptions = z.output<typeof guard>;
export type WebhookGuardOptions = z.output<typeof webhook>;
