/** `POST /messages` and `POST /messages/count_tokens`. */

import { composeAnswer } from "../answer.ts";
import type { FakeOptions } from "../options.ts";
import { readText } from "../read_body.ts";
import { readSwitches, type Switches, withoutCalls } from "../read_switches.ts";
import { reply } from "../reply.ts";
import { textOfSchema } from "../structured/structured_text.ts";
import { estimateTokens } from "../tokens.ts";
import { MESSAGES } from "./api.ts";
import { checkBlocks } from "./check_request.ts";
import { messageBody, messagePayloads } from "./form.ts";
import {
  type Block,
  blocksOf,
  type CountRequest,
  countRequest,
  type Message,
  type MessageRequest,
  messageRequest,
  parseRequest,
  refusal,
} from "./request.ts";

/** Answers with a message. */
export async function completeMessage(request: Request, options: FakeOptions): Promise<Response> {
  const bodyText = await readText(request, options.maxBodyBytes);
  const body = parseRequest(messageRequest, bodyText);
  checkBlocks(body);
  const switches = switchesOf(body.messages);
  const answer = composeAnswer({
    switches,
    choices: 1,
    seed: undefined,
    promptTokens: promptTokensOf(body),
    bodyText,
    structuredText: structuredText(body),
    maxTokens: body.max_tokens,
    stopSequences: body.stop_sequences ?? [],
  }, options);
  const content = body.stream
    ? { type: "events" as const, payloads: messagePayloads(answer) }
    : { type: "body" as const, text: messageBody(answer) };
  return await reply({ api: MESSAGES, content, switches }, request, options);
}

/** Counts what a message with the same prompt would tell as its input. */
export async function countTokens(request: Request, options: FakeOptions): Promise<Response> {
  const body = parseRequest(countRequest, await readText(request, options.maxBodyBytes));
  checkBlocks(body);
  const text = `{"input_tokens":${promptTokensOf(body)}}`;
  const switches = switchesOf(body.messages);
  return await reply(
    { api: MESSAGES, content: { type: "body", text }, switches },
    request,
    options,
  );
}

/** Texts and JSON count, images and documents do not. */
function promptTokensOf({ system, messages, tools }: CountRequest): number {
  let characters = charactersOf(system);
  for (const { content } of messages) characters += charactersOf(content);
  if (tools) characters += JSON.stringify(tools).length;
  return estimateTokens(characters);
}

function charactersOf(content: unknown): number {
  if (typeof content === "string") return content.length;
  if (!Array.isArray(content)) return 0;
  return content.reduce((sum: number, block: Partial<Block> | null) => {
    if (block?.type === "tool_use") return sum + JSON.stringify(block.input).length;
    return sum + charactersOf(block?.type === "tool_result" ? block.content : block?.text);
  }, 0);
}

/**
 * The tags of a conversation: those of its last user message that is a prompt, whatever the system
 * says after it. One that has nothing but results of tools is none.
 */
function switchesOf(messages: readonly Message[]): Switches {
  const asked = messages.filter(({ role }) => role === "user");
  const prompt = asked.findLast(isPrompt);
  const switches = readSwitches(blocksOf(prompt?.content).map(({ text = "" }) => text).join(""));
  return prompt === asked.at(-1) ? switches : withoutCalls(switches);
}

function isPrompt({ content }: Message): boolean {
  return blocksOf(content).some(({ type }) => type !== "tool_result");
}

function structuredText({ output_config, output_format }: MessageRequest): string | undefined {
  const format = output_config?.format ?? output_format;
  if (format?.type !== "json_schema") return undefined;
  const at = output_config?.format ? "output_config.format" : "output_format";
  return textOfSchema(format.schema, (problem) => refusal(`${at}.schema: ${problem}`));
}
