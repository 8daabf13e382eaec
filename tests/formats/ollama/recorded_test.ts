/**
 * Streams recorded from Ollama, where they are at hand: `../shared/streams`.
 *
 * What each of them says was computed apart from this project and stands in their manifest.
 */

import { assertEquals } from "@std/assert";
import { isJsonObject } from "../../../src/core/text/json.ts";
import { collectAnswer } from "../../../src/formats/collect_answer.ts";
import { ollamaChat, ollamaGenerate } from "../../../src/formats/ollama/mod.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import { createTranscoder } from "../../../src/gateway/relay/transcode.ts";
import { placesToCut } from "../../support/fuzzing.ts";
import { redactor } from "../../support/redactor.ts";
import { textOf } from "../expected_answer.ts";
import { cutsOf, decodeAll, decoderOf, ENCODE_OPTIONS, relayAll } from "../stream_cases.ts";

const RECORDED = new URL("../../../../shared/streams/", import.meta.url);
const CUTS = { seed: 19, maxTwoWay: placesToCut(20), random: 5 };
const STREAM = { choices: 1, maxEventBytes: 1_048_576 };

interface Entry {
  readonly file: string;
  readonly expect: {
    readonly shape?: string;
    readonly text_len: number;
    readonly text_sha16: string;
    readonly done_reason: string;
    readonly prompt_eval_count: number;
    readonly eval_count: number;
  };
}

async function readManifest(): Promise<readonly Entry[]> {
  try {
    const text = await Deno.readTextFile(new URL("manifest.json", RECORDED));
    const entries: readonly Entry[] = JSON.parse(text);
    return entries.filter(({ expect }) =>
      isJsonObject(expect) && expect["shape"] === "ollama.ndjson"
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function sha16(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash, 0, 8), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

const recorded = await readManifest();

Deno.test({
  name: recorded.length === 0
    ? "recorded streams of Ollama are not at hand: not checked"
    : `recorded streams of Ollama are at hand: ${recorded.length}`,
  ignore: recorded.length === 0,
  fn: () => {},
});

for (const { file, expect } of recorded) {
  Deno.test(`recorded ${file}: decoded, observed and told to others in every cut`, async () => {
    const bytes = await Deno.readFile(new URL(file, RECORDED));
    const text = new TextDecoder().decode(bytes);
    const format = text.includes('"response":') ? ollamaGenerate : ollamaChat;
    const lastAt = text.trimEnd().lastIndexOf("\n") + 1;
    for (const pieces of cutsOf(bytes, CUTS)) {
      const said = collectAnswer(decodeAll(format.streamDecoder(STREAM), pieces));
      await assertSays(said, expect);

      const observed = relayAll(
        format.answer.streamObserver({
          ...STREAM,
          dropUsageEvent: false,
          dropNullUsage: false,
          redact: redactor.forClient,
          encode: ENCODE_OPTIONS,
        }),
        pieces,
      );
      assertEquals(observed.body, text.slice(0, lastAt));
      assertEquals(observed.last.trimEnd(), text.slice(lastAt).trimEnd());
      assertEquals(observed.progress.usage?.inputTokens, expect.prompt_eval_count);

      const chat = relayAll(
        createTranscoder(
          format.streamDecoder(STREAM),
          openaiChat.answer.streamEncoder(ENCODE_OPTIONS),
          1,
        ),
        pieces,
      );
      const client = new TextEncoder().encode(chat.body + chat.last);
      const heard = decodeAll(decoderOf({ dialect: "openai_chat" }), [client]);
      await assertSays(collectAnswer(heard), expect);
    }
  });
}

async function assertSays(
  { choices: [choice], usage }: ReturnType<typeof collectAnswer>,
  expect: Entry["expect"],
): Promise<void> {
  const text = choice === undefined ? "" : textOf(choice, "text");
  assertEquals([...text].length, expect.text_len);
  assertEquals(await sha16(text), expect.text_sha16);
  assertEquals(choice?.finish?.raw, expect.done_reason);
  assertEquals(usage?.inputTokens, expect.prompt_eval_count);
  assertEquals(usage?.outputTokens, expect.eval_count);
}
