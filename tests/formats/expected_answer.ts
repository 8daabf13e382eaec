/**
 * What a stream says, in the form of `expected.json`.
 *
 * @module
 */

import type { ChatEvent, ProviderFault, Seal, Usage } from "../../src/core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/core/text/json.ts";
import { collectAnswer, type CollectedChoice } from "../../src/formats/collect_answer.ts";

/** What is known of a stream's answer; fields that are left out are empty. */
export interface ExpectedChoice {
  readonly index: number;
  readonly text?: string;
  readonly reasoning?: string;
  readonly refusal?: string;
  readonly toolCalls?: readonly ExpectedCall[];
  /** Of its reasoning. */
  readonly seals?: readonly Seal[];
  readonly annotations?: readonly JsonValue[];
  readonly logprobs?: CollectedChoice["logprobs"];
  readonly extensions?: JsonObject;
  readonly finish?: CollectedChoice["finish"];
}

/** A call in the words of `expected.json`. */
export interface ExpectedCall {
  readonly id: string;
  readonly kind: "function" | "custom";
  readonly name: string;
  readonly input: string;
}

/** How the relay must see the end of a stream whose connection closed properly. */
export type Ending = "complete" | "truncated" | "fault";

/** The content of `expected.json`. */
export interface Expected {
  readonly choices: readonly ExpectedChoice[];
  /** In OpenAI's form. */
  readonly usage?: JsonObject;
  readonly fault?: ProviderFault;
  readonly ending: Ending;
  /** Choices asked for, 1 by default. */
  readonly asked?: number;
  /** True by default. */
  readonly hasOutput?: boolean;
  /** 0 by default. */
  readonly malformedEvents?: number;
  /** Which of its blocks an observed stream passes on; by default all before `[DONE]`. */
  readonly observed?: readonly number[];
}

/** The answer that events tell, in the form of `expected.json`: without its empty fields. */
export function answerOf(
  events: readonly ChatEvent[],
): Pick<Expected, "choices" | "usage" | "fault"> {
  const { choices, usage, fault } = collectAnswer(events);
  return {
    choices: choices.map(toExpectedChoice),
    ...(usage !== undefined && {
      usage: nativeUsage(usage) ?? {
        prompt_tokens: usage.inputTokens,
        completion_tokens: usage.outputTokens,
        total_tokens: usage.totalTokens,
      },
    }),
    ...(fault !== undefined && { fault }),
  };
}

/** A provider's own counts. */
export function nativeUsage(usage: Usage | undefined): JsonObject | undefined {
  const value = usage?.native?.value;
  return isJsonObject(value) ? value : undefined;
}

/** All of a choice's texts of a kind. */
export function textOf(
  { parts }: Pick<CollectedChoice, "parts">,
  type: "text" | "reasoning" | "refusal",
): string {
  return parts.map((part) => part.type === type ? part.text : "").join("");
}

/** The calls of a choice in the words of `expected.json`. */
export function callsOf({ parts }: Pick<CollectedChoice, "parts">): readonly ExpectedCall[] {
  return parts.filter((part) => part.type === "tool_call")
    .map(({ callId, kind, name, input }) => ({ id: callId, kind, name, input }));
}

function toExpectedChoice(choice: CollectedChoice): ExpectedChoice {
  const { index, parts, logprobs, natives, finish } = choice;
  const [text, reasoning, refusal] = (["text", "reasoning", "refusal"] as const)
    .map((type) => textOf(choice, type));
  const toolCalls = callsOf(choice);
  const seals = parts.flatMap((part) =>
    (part.type === "reasoning" || part.type === "sealed") && part.seal ? [part.seal] : []
  );
  const annotations = parts.flatMap((part) => part.type === "text" ? part.citations ?? [] : []);
  return {
    index,
    ...(text !== "" && { text }),
    ...(reasoning !== "" && { reasoning }),
    ...(refusal !== "" && { refusal }),
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(seals.length > 0 && { seals }),
    ...(annotations.length > 0 && { annotations: annotations.map(({ native }) => native.value) }),
    ...(logprobs.length > 0 && { logprobs }),
    ...(natives.length > 0 && {
      extensions: Object.fromEntries(natives.map(({ name, value }) => [name, value])),
    }),
    ...(finish !== undefined && { finish }),
  };
}
