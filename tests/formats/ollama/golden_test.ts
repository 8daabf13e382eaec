/**
 * Streams of Ollama's, cut in many ways, and in `deno task fuzz` at every place: decoded, observed, written anew
 * and told to clients of every other format.
 */

import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../../src/core/chat/chat.ts";
import type { AnswerFormat, StreamEnding } from "../../../src/core/format.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { anthropicMessages } from "../../../src/formats/anthropic_messages/mod.ts";
import { collectAnswer } from "../../../src/formats/collect_answer.ts";
import { ollamaChat, ollamaGenerate } from "../../../src/formats/ollama/mod.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import { openaiResponses } from "../../../src/formats/openai_responses/mod.ts";
import { placesToCut } from "../../support/fuzzing.ts";
import { redactor } from "../../support/redactor.ts";
import { checkMessagesStream } from "../anthropic_messages/stream_checker.ts";
import { answerOf, callsOf, textOf } from "../expected_answer.ts";
import { checkResponsesStream } from "../openai_responses/stream_checker.ts";
import { concat, cutsOf, decodeAll, ENCODE_OPTIONS, endingOf, relayAll } from "../stream_cases.ts";
import { GOLDEN_STREAMS, type GoldenStream } from "./golden_streams.ts";
import { checkOllamaStream } from "./stream_checker.ts";

const CUTS = { seed: 17, maxTwoWay: placesToCut(40), random: 10 };
const CROSSING_CUTS = { seed: 18, maxTwoWay: placesToCut(12), random: 4 };
const STREAM = { choices: 1, maxEventBytes: 1_048_576 };

const encoder = new TextEncoder();
const utf8 = new TextDecoder();

function formatOf({ shape }: GoldenStream) {
  return shape === "chat" ? ollamaChat : ollamaGenerate;
}

function expectedOf({ choice, finish, usage, faultMessage }: GoldenStream) {
  const [raw, reason] = finish ?? [];
  const isEmpty = Object.keys(choice).length === 0 && finish === undefined;
  return {
    choices: isEmpty
      ? []
      : [{ index: 0, ...choice, ...(finish !== undefined && { finish: { reason, raw } }) }],
    usage,
    faultMessage,
  };
}

function told(events: readonly ChatEvent[]) {
  const { choices, fault } = answerOf(events);
  const { usage } = collectAnswer(events);
  return {
    choices,
    usage: usage && [usage.inputTokens, usage.outputTokens] as const,
    faultMessage: fault?.message,
  };
}

/** Every line with its end. */
function linesOf({ text }: GoldenStream): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

for (const [name, golden] of Object.entries(GOLDEN_STREAMS)) {
  const format = formatOf(golden);
  const bytes = encoder.encode(golden.text);

  Deno.test(`Ollama's ${name}: decoding gives the answer however the stream is cut`, () => {
    for (const pieces of cutsOf(bytes, CUTS)) {
      const decoder = format.streamDecoder(STREAM);
      assertEquals<unknown>(told(decodeAll(decoder, pieces)), expectedOf(golden));
      assertEquals(decoder.malformedEvents, golden.malformed ?? 0);
    }
  });

  Deno.test(`Ollama's ${name}: observing passes the bytes on however the stream is cut`, () => {
    const lines = linesOf(golden);
    const observed = (golden.observed?.(lines) ?? lines.slice(0, -1)).join("");
    for (const pieces of cutsOf(bytes, CUTS)) {
      const { body, last, progress } = relayAll(
        format.answer.streamObserver({
          ...STREAM,
          dropUsageEvent: false,
          dropNullUsage: false,
          redact: redactor.forClient,
          encode: ENCODE_OPTIONS,
        }),
        pieces,
      );
      assertEquals(body, observed);
      assertEquals(endingOf(progress), golden.ending);
      assertEquals(progress.hasOutput, golden.hasOutput ?? true);
      assertEquals(progress.malformedEvents, golden.malformed ?? 0);
      assertEquals(progress.finishReason, golden.finish?.[0]);
      assertEquals(progress.fault?.message, golden.faultMessage);
      const { usage } = progress;
      assertEquals(usage && [usage.inputTokens, usage.outputTokens] as const, golden.usage);
      if (golden.ending === "complete") {
        assertEquals(last, golden.last?.(lines) ?? lines.at(-1));
      } else if (golden.last !== undefined) assertEquals(last, golden.last(lines));
      else assertEquals(Object.keys(JSON.parse(last)), ["error"]);
    }
  });

  if (golden.ending !== "complete") continue;
  Deno.test(`Ollama's ${name}: clients of every format read the same`, () => {
    for (const pieces of cutsOf(bytes, CROSSING_CUTS)) {
      const decoder = format.streamDecoder(STREAM);
      const pushes = [...pieces.map((piece) => decoder.push(piece)), decoder.flush()];
      assertTold(golden, openaiChat, write(openaiChat.answer, pushes), () => []);
      assertTold(golden, ollamaChat, write(ollamaChat.answer, pushes), checkOllamaStream);
      const messages = write(anthropicMessages.answer, pushes);
      assertTold(golden, anthropicMessages, messages, checkMessagesStream);
      const responses = write(openaiResponses.answer, pushes);
      assertTold(golden, openaiResponses, responses, checkResponsesStream);
      if (golden.choice.toolCalls !== undefined) continue;
      const texts = write(ollamaGenerate.answer, pushes);
      assertTold(golden, ollamaGenerate, texts, (stream) => checkOllamaStream(stream, "generate"));
    }
  });
}

type Bytes = Uint8Array<ArrayBuffer>;
type Format = typeof ollamaChat;

function write(
  answer: AnswerFormat,
  pushes: readonly (readonly ChatEvent[])[],
  ending: StreamEnding = { kind: "complete" },
): Bytes {
  const request = { reasoning: { summary: "auto" } };
  const encoder = answer.streamEncoder({ ...ENCODE_OPTIONS, request });
  const parts = pushes.map((events) => encoder.encode(events));
  return concat([...parts, encoder.close(ending)]);
}

/** Ids are made where there are none, and a reason stands for a call wherever there is one. */
function assertTold(
  { choice, finish, usage }: GoldenStream,
  format: Pick<Format, "streamDecoder" | "name">,
  stream: Bytes,
  check: (stream: Bytes) => readonly string[],
): void {
  assertEquals(check(stream), [], utf8.decode(stream));
  const { choices: [read], usage: counted } = collectAnswer(
    decodeAll(format.streamDecoder(STREAM), [stream]),
  );
  assertEquals(read === undefined ? "" : textOf(read, "text"), choice.text ?? "");
  assertEquals(read === undefined ? "" : textOf(read, "reasoning"), choice.reasoning ?? "");
  const calls = (read === undefined ? [] : callsOf(read)).map(({ name, input }) => [name, input]);
  assertEquals(calls, (choice.toolCalls ?? []).map(({ name, input }) => [name, input]));
  assertEquals(read?.finish?.reason, finish?.[1]);
  if (usage === undefined) return;
  assertEquals([counted?.inputTokens, counted?.outputTokens], [...usage]);
}

Deno.test("a failed stream of Ollama's ends with an error in a line of its own", () => {
  const error = new GatewayError("upstream_truncated", "It ended too soon");
  const part = { type: "text", text: "Hi" } as const;
  const events = [{ type: "block_start", choice: 0, block: 0, part } as const];
  const stream = write(ollamaChat.answer, [events], { kind: "failed", error });
  assertEquals(checkOllamaStream(stream), []);
  assertEquals(utf8.decode(stream).split("\n").at(-2), '{"error":"It ended too soon"}');
});

Deno.test("a line that is too long fails, however the stream is cut", () => {
  const lines = `{"model":"m","message":{"content":"ok"},"done":false}\n${" ".repeat(300)}\n`;
  for (const pieces of cutsOf(encoder.encode(lines), CUTS)) {
    const observer = ollamaChat.answer.streamObserver({
      choices: 1,
      maxEventBytes: 200,
      dropUsageEvent: false,
      dropNullUsage: false,
      redact: redactor.forClient,
      encode: ENCODE_OPTIONS,
    });
    let text = "";
    let code: string | undefined;
    try {
      for (const piece of pieces) text += utf8.decode(observer.push(piece));
      text += utf8.decode(observer.flush());
    } catch (thrown) {
      code = (thrown as GatewayError).code;
    }
    assertEquals([text, code], [`${lines.split("\n")[0]}\n`, "line_too_large"]);
  }
});
