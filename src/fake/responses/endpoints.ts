/** `POST /responses` and `POST /responses/input_tokens`. */

import { GatewayError } from "../../core/gateway_error.ts";
import { composeAnswer } from "../answer.ts";
import { parseRequest } from "../openai/request.ts";
import type { FakeOptions } from "../options.ts";
import { readText } from "../read_body.ts";
import { readSwitches, type Switches, withoutCalls } from "../read_switches.ts";
import { reply } from "../reply.ts";
import { structuredText } from "../structured/structured_text.ts";
import { estimateTokens } from "../tokens.ts";
import { RESPONSES } from "./api.ts";
import { responseBody, responsePayloads } from "./form.ts";
import {
  checkItems,
  type CountRequest,
  countRequest,
  type Item,
  itemsOf,
  type ResponseRequest,
  responseRequest,
} from "./request.ts";

/** Answers with a response. */
export async function completeResponse(
  request: Request,
  options: FakeOptions,
): Promise<Response> {
  const bodyText = await readText(request, options.maxBodyBytes);
  const body = parseRequest(responseRequest, bodyText);
  checkItems(body);
  const switches = switchesOf(itemsOf(body.input));
  const answer = composeAnswer({
    switches,
    choices: 1,
    seed: undefined,
    promptTokens: promptTokensOf(body),
    bodyText,
    structuredText: structuredTextOf(body),
    maxTokens: body.max_output_tokens ?? undefined,
    stopSequences: [],
  }, options);
  const content = body.stream
    ? { type: "events" as const, ...responsePayloads(answer, body) }
    : { type: "body" as const, text: responseBody(answer, body) };
  return await reply({ api: RESPONSES, content, switches }, request, options);
}

/** Counts what a response with the same prompt would tell as its input. */
export async function countInput(request: Request, options: FakeOptions): Promise<Response> {
  const body = parseRequest(countRequest, await readText(request, options.maxBodyBytes));
  const text = JSON.stringify({
    object: "response.input_tokens",
    input_tokens: promptTokensOf(body),
  });
  const switches = switchesOf(itemsOf(body.input));
  return await reply(
    { api: RESPONSES, content: { type: "body", text }, switches },
    request,
    options,
  );
}

function promptTokensOf({ instructions, input, tools }: CountRequest): number {
  let characters = instructions?.length ?? 0;
  for (const item of itemsOf(input)) characters += textOf(item).length;
  if (tools) characters += JSON.stringify(tools).length;
  return estimateTokens(characters);
}

/** The tags of a conversation: those of its last user message, where nothing was called since. */
function switchesOf(items: readonly Item[]): Switches {
  const promptAt = items.findLastIndex(({ role }) => role === "user");
  const switches = readSwitches(promptAt === -1 ? "" : textOf(items[promptAt]!));
  const isAnswered = items.slice(promptAt + 1).some(({ type }) => type?.endsWith("_output"));
  return isAnswered ? withoutCalls(switches) : switches;
}

function textOf({ content }: Item): string {
  if (typeof content === "string") return content;
  return content?.map(({ text }) => text ?? "").join("") ?? "";
}

function structuredTextOf({ text }: ResponseRequest): string | undefined {
  const format = text?.format;
  if (format?.type === "json_schema" && !format.schema) {
    const param = "text.format.schema";
    throw new GatewayError("invalid_request", `Missing required parameter: '${param}'.`, {
      code: "missing_required_parameter",
      param,
    });
  }
  return structuredText(format && { ...format, json_schema: format });
}
