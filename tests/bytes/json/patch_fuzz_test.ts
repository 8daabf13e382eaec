/**
 * Any JSON object, any of its members and any spelling of their names: `patch` changes what it was asked to,
 * and every other byte leaves as it came.
 *
 * Texts are made of parts of which each is known, so that what must come out is put together of the same parts.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { patch } from "../../../src/bytes/json/patch.ts";
import type { JsonValue } from "../../../src/core/text/json.ts";
import { seededRandom } from "../../formats/stream_cases.ts";
import { FIRST_SEED, fuzzSeconds } from "../../support/fuzzing.ts";

type Random = () => number;

/** One member's text: blanks, name, blanks, colon, blanks, value; what follows it is blank. */
interface Part {
  readonly name: string;
  /** Up to where the value begins, but for the blanks before the name. */
  readonly head: string;
  readonly value: string;
  /** Where the value is an object, and the text around its parts. */
  readonly within: ObjectText | undefined;
  readonly before: string;
  readonly after: string;
}

interface ObjectText {
  readonly parts: readonly Part[];
  /** Within the braces of an object without members. */
  readonly blanks: string;
}

/** What is asked for, as `patch` takes it. */
type Changes = Map<string, JsonValue | undefined | Changes>;

const SECONDS = fuzzSeconds(1);

const NAMES = [
  "model",
  "stream_options",
  "m",
  "",
  "modeL",
  "model ",
  "a\\b",
  "a\bb",
  'quo"te',
  "größe",
  "名",
  "😀",
  "\ud800",
  "__proto__",
  "constructor",
  "{",
  "}:,[",
];

const SCALARS = [
  "9007199254740993",
  "-0",
  "1e400",
  "1E+2",
  "0.1000",
  "12345678901234567890.5",
  "null",
  "true",
  "false",
  '""',
  '"\\\\"',
  '"\\\\\\""',
  '"\\u006dodel"',
  '"model\\":\\"x\\","',
  '"{[}],:"',
  '"\\ud800"',
  '"ä 名 😀 \u2028"',
];

const NEW_VALUES: readonly JsonValue[] = [
  "gpt-5",
  'a"b\\c',
  "名",
  "\ud800",
  1.5,
  null,
  true,
  { include_usage: true },
  ["x", { y: [] }],
];

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)]!;
}

function blanks(random: Random): string {
  return random() < 0.6 ? "" : pick([" ", "\n", "\t", "\r\n", "  \n\t "], random);
}

/** Each character as it is, or in one of its escapes. */
function spell(name: string, random: Random): string {
  const share = pick([0, 0, 0.3, 1], random);
  let text = "";
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    const isSurrogate = (code & 0xf800) === 0xd800;
    const pair = name.codePointAt(at)! > 0xffff && !(random() < share);
    if (pair) {
      text += name.slice(at, ++at + 1);
      continue;
    }
    const hex = code.toString(16).padStart(4, "0");
    const escape = `\\u${random() < 0.5 ? hex : hex.toUpperCase()}`;
    const short = name[at] === "/" ? "\\/" : JSON.stringify(name[at]).slice(1, -1);
    text += isSurrogate || random() < share ? escape : short;
  }
  return `"${text}"`;
}

function objectText(random: Random, depth: number): ObjectText {
  const count = Math.floor(random() * 5);
  const parts = Array.from({ length: count }, (): Part => {
    const name = pick(NAMES, random);
    const within = depth > 0 && random() < 0.3 ? objectText(random, depth - 1) : undefined;
    return {
      name,
      head: `${spell(name, random)}${blanks(random)}:${blanks(random)}`,
      value: within === undefined ? valueText(random, depth) : write(within),
      within,
      before: blanks(random),
      after: blanks(random),
    };
  });
  return { parts, blanks: blanks(random) };
}

function valueText(random: Random, depth: number): string {
  if (depth === 0 || random() < 0.6) return pick(SCALARS, random);
  const values = Array.from(
    { length: Math.floor(random() * 4) },
    () =>
      blanks(random) +
      (random() < 0.5 ? write(objectText(random, depth - 1)) : valueText(random, depth - 1)) +
      blanks(random),
  );
  return `[${values.join(",")}]`;
}

function write({ parts, blanks }: ObjectText): string {
  const members = parts.map(({ before, head, value, after }) => before + head + value + after);
  return `{${parts.length === 0 ? blanks : members.join(",")}}`;
}

function someChanges(random: Random, depth: number): Changes {
  const count = 1 + Math.floor(random() * 3);
  return new Map(
    Array.from({ length: count }, () => {
      const kind = random();
      const change = kind < 0.3
        ? undefined
        : kind < 0.5 && depth > 0
        ? someChanges(random, depth - 1)
        : pick(NEW_VALUES, random);
      return [pick(NAMES, random), change];
    }),
  );
}

/** What `patch` must make of it. */
function changed({ parts, blanks }: ObjectText, changes: Changes): string {
  const names = new Set(parts.map(({ name }) => name));
  const missing = new Map([...changes].filter(([name]) => !names.has(name)));
  const added = membersText(missing).join(",");
  const isKept = ({ name }: Part): boolean => !changes.has(name) || changes.get(name) !== undefined;
  const kept = parts.filter(isKept);
  // A member goes with the comma behind it, the last ones with the comma before them.
  let text = "";
  for (const [index, part] of parts.entries()) {
    const isLast = !parts.slice(index + 1).some(isKept);
    const wasKept = index === 0 || isKept(parts[index - 1]!);
    if (!isKept(part)) {
      const isFirstRemoved = wasKept && (index === 0 || kept.length > 0);
      if (isLast && kept.length > 0) {
        if (index === parts.length - 1) text += part.after;
      } else {
        if (isFirstRemoved) text += part.before;
        if (index === parts.length - 1) text += part.after;
      }
      continue;
    }
    const value = changes.has(part.name) ? valueOf(part, changes.get(part.name)) : part.value;
    text += (wasKept ? part.before : "") + part.head + value;
    text += isLast && index < parts.length - 1 ? "" : part.after + (isLast ? "" : ",");
  }
  const separator = added === "" || kept.length === 0 ? "" : ",";
  return `{${added}${separator}${parts.length === 0 ? blanks : text}}`;
}

function valueOf({ within, value }: Part, change: JsonValue | undefined | Changes): string {
  if (change instanceof Map && within !== undefined) return changed(within, change);
  return newText(change) ?? value;
}

function newText(change: JsonValue | undefined | Changes): string | undefined {
  if (!(change instanceof Map)) return JSON.stringify(change);
  const members = membersText(change);
  return members.length === 0 ? undefined : `{${members.join(",")}}`;
}

function membersText(changes: Changes): string[] {
  return [...changes].flatMap(([name, change]) => {
    const value = newText(change);
    return value === undefined ? [] : [`${JSON.stringify(name)}:${value}`];
  });
}

function round(seed: number): void {
  const random = seededRandom(seed);
  const object = objectText(random, 3);
  const before = pick(["", "", "\ufeff", " \n"], random);
  const after = blanks(random);
  const text = before + write(object) + after;
  JSON.parse(text.replace("\ufeff", ""));
  const changes = someChanges(random, 2);
  const patched = decoder.decode(patch(encoder.encode(text), changes));
  assertEquals(patched, before + changed(object, changes) + after, text);
  JSON.parse(patched.replace("\ufeff", ""));
}

Deno.test(`patched objects for ${SECONDS} s, FUZZ_SEED=${FIRST_SEED}`, () => {
  const endMs = performance.now() + SECONDS * 1_000;
  for (let seed = FIRST_SEED; performance.now() < endMs; seed++) {
    try {
      round(seed);
    } catch (error) {
      throw new Error(`Round FUZZ_SEED=${seed} failed`, { cause: error });
    }
  }
});
