/**
 * Streams recorded from real providers, where they are at hand: `../shared/streams`.
 *
 * What each of them says was computed apart from this project and stands in their manifest.
 */

import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../src/core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/core/text/json.ts";
import { collectAnswer } from "../../src/formats/collect_answer.ts";
import { callsOf, nativeUsage, textOf } from "./expected_answer.ts";
import {
  cutsOf,
  decodeAll,
  decoderOf,
  observedBytes,
  observerOf,
  relayAll,
  transcoderOf,
} from "./stream_cases.ts";

const RECORDED = new URL("../../../shared/streams/", import.meta.url);
const CUTS = { seed: 11, maxTwoWay: 40, random: 10 };

/** Files that are read otherwise than their manifest says, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};

interface Entry<Expect> {
  readonly file: string;
  readonly kind: string;
  readonly expect: Expect;
}

/** What the manifest says of a stream of OpenAI's form. */
interface Recorded {
  readonly content_len: Readonly<Record<string, number>>;
  readonly content_sha16: Readonly<Record<string, string>>;
  readonly reasoning_len: Readonly<Record<string, number>>;
  readonly refusal_len: Readonly<Record<string, number>>;
  readonly finish_reasons: Readonly<Record<string, readonly string[]>>;
  readonly tool_calls: Readonly<Record<string, JsonObject>>;
  readonly usage: JsonObject | null;
  readonly error: { readonly message: string } | null;
}

/** What it says of one that was written from documentation, where nothing could be recorded. */
interface Synthetic {
  readonly text?: string;
  readonly content?: string;
  readonly reasoning?: string;
  readonly finish?: string;
  /** The code of the fault. */
  readonly error?: string;
}

/** What a stream says, in the words of the manifest. */
async function describe(events: readonly ChatEvent[]): Promise<Recorded> {
  const { choices, usage, fault } = collectAnswer(events);
  const finishReasons: Record<string, string[]> = {};
  for (const event of events) {
    if (event.type === "finish") (finishReasons[event.choice] ??= []).push(event.raw);
  }
  const lengths = (of: "text" | "reasoning" | "refusal") =>
    Object.fromEntries(choices.map((choice) => [choice.index, [...textOf(choice, of)].length]));
  const hashes = choices.map(async (choice) => [choice.index, await sha16(textOf(choice, "text"))]);
  return {
    content_len: lengths("text"),
    content_sha16: Object.fromEntries(await Promise.all(hashes)),
    reasoning_len: lengths("reasoning"),
    refusal_len: lengths("refusal"),
    finish_reasons: finishReasons,
    tool_calls: Object.fromEntries(
      choices.flatMap((choice) =>
        callsOf(choice).map(({ id, name, input }, index) =>
          [`${choice.index}/${index}`, { id, name, arguments: input }] as const
        )
      ),
    ),
    usage: nativeUsage(usage) ?? null,
    error: fault === undefined ? null : { message: fault.message },
  };
}

async function sha16(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash, 0, 8), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** The manifest names a choice only where a stream says something of the kind; 0 is nothing. */
function assertSays(actual: Recorded, expect: Recorded): void {
  const nothing = { 0: 0 };
  assertEquals({ ...nothing, ...actual.content_len }, { ...nothing, ...expect.content_len });
  assertEquals({ ...nothing, ...actual.reasoning_len }, { ...nothing, ...expect.reasoning_len });
  assertEquals({ ...nothing, ...actual.refusal_len }, { ...nothing, ...expect.refusal_len });
  for (const [index, hash] of Object.entries(expect.content_sha16)) {
    assertEquals(actual.content_sha16[index] ?? "e3b0c44298fc1c14", hash);
  }
  assertEquals(actual.tool_calls, expect.tool_calls);
  assertEquals(actual.error?.message, expect.error?.message);
}

/** Payloads are kept one a line and get the frame that they were taken out of. */
async function readStream(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await Deno.readFile(new URL(file, RECORDED));
  if (!file.endsWith(".jsonl")) return bytes;
  const lines = new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "");
  return new TextEncoder().encode([...lines, "[DONE]"].map((line) => `data: ${line}\n\n`).join(""));
}

async function readManifest(): Promise<
  readonly Entry<unknown>[] | undefined
> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL("manifest.json", RECORDED)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What Groq tells beside OpenAI's words for it, which is all that it tells where nobody asked; else `null`. */
function groqsUsage(bytes: Uint8Array): JsonValue {
  const chunks = [...new TextDecoder().decode(bytes).matchAll(/^data: (\{.*"x_groq".*\})$/gm)];
  const told = chunks.map(([, text = ""]) => JSON.parse(text).x_groq.usage);
  return told.findLast((usage) => usage !== undefined) ?? null;
}

const manifest = await readManifest();
// The shape says which fields an expectation has.
const recorded = (manifest ?? []).filter(({ expect }) =>
  isJsonObject(expect) && expect["shape"] === "chat.completion.chunk"
) as readonly Entry<Recorded>[];
const synthetic = (manifest ?? []).filter(({ kind, expect }) =>
  kind === "stream" && isJsonObject(expect) && expect["shape"] === undefined
) as readonly Entry<Synthetic>[];

Deno.test({
  name: manifest === undefined
    ? "recorded streams are not at hand: not checked"
    : `recorded streams are at hand: ${recorded.length} of OpenAI's form`,
  ignore: manifest === undefined,
  fn: () => {
    const files = new Set(recorded.map(({ file }) => file));
    assertEquals(Object.keys(EXCEPTIONS).filter((file) => !files.has(file)), []);
  },
});

for (const { file, expect } of synthetic) {
  Deno.test(`synthetic ${file}: decoded in every cut`, async () => {
    const bytes = await readStream(file);
    const dialect = file.startsWith("chatjimmy/") ? "chatjimmy" : "openai_chat";
    for (const pieces of cutsOf(bytes, CUTS)) {
      const { choices, fault } = collectAnswer(decodeAll(decoderOf({ dialect }), pieces));
      assertEquals(
        choices[0] === undefined ? "" : textOf(choices[0], "text"),
        expect.text ?? expect.content,
      );
      assertEquals(
        choices[0] === undefined ? "" : textOf(choices[0], "reasoning"),
        expect.reasoning ?? "",
      );
      assertEquals(choices[0]?.finish?.reason, expect.finish);
      assertEquals(fault?.code, expect.error);
    }
  });
}

for (const { file, expect } of recorded) {
  Deno.test({
    name: `recorded ${file}: decoded, observed and transcoded in every cut`,
    ignore: EXCEPTIONS[file] !== undefined,
    fn: async () => {
      const bytes = await readStream(file);
      const usage = expect.usage ?? groqsUsage(bytes);
      const streamCase = { name: file, dialect: "openai_chat", bytes } as const;
      const passedOn = observedBytes({
        ...streamCase,
        expected: { choices: [], ending: "complete" },
      });
      for (const pieces of cutsOf(bytes, CUTS)) {
        const said = await describe(decodeAll(decoderOf(streamCase), pieces));
        assertSays(said, expect);
        assertEquals(said.finish_reasons, expect.finish_reasons);
        assertEquals(said.usage, usage);

        const observed = relayAll(observerOf(), pieces);
        assertEquals(observed.body, passedOn);
        assertEquals(observed.progress.finishReason, expect.finish_reasons["0"]?.at(-1));
        assertEquals(nativeUsage(observed.progress.usage) ?? null, usage);
        assertEquals(observed.progress.fault?.message, expect.error?.message);

        const transcoded = relayAll(transcoderOf(streamCase), pieces);
        const client = new TextEncoder().encode(transcoded.body + transcoded.last);
        const heard = await describe(decodeAll(decoderOf(streamCase), [client]));
        assertSays(heard, expect);
        if (expect.error === null) assertEquals(heard.usage, usage);
      }
    },
  });
}
