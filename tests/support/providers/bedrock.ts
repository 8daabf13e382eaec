/**
 * A stand-in for Amazon Bedrock: InvokeModel for Claude and Converse, whole and streamed in AWS's frames.
 *
 * What it says is what the stand-in for Anthropic says, which is asked for it; what it refuses is Bedrock's
 * (`bedrock_rules.ts`).
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../../../src/core/text/json.ts";
import { encodeAwsMessage } from "../../../src/framing/aws_event_stream.ts";
import { ANTHROPIC_KEY, type AnthropicStandIn, startAnthropic } from "./anthropic.ts";
import { converseProblem, invokeProblem, toMessages } from "./bedrock_rules.ts";
import { eventsOf } from "./anthropic_answers.ts";
import { inPieces, serveStandIn, type StandIn, type StandInRequest } from "./stand_in.ts";

export const BEDROCK_KEY = "bedrock-api-key-stand-in";
export const BEDROCK_CLAUDE = "us.anthropic.claude-opus-5-5-v1:0";
export const BEDROCK_NOVA = "us.amazon.nova-2-lite-v1:0";

const PATH = /^\/model\/([^/]+)\/(invoke|invoke-with-response-stream|converse|converse-stream)$/;
const EXCEPTIONS: Readonly<Record<number, string>> = {
  400: "ValidationException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  424: "ModelErrorException",
  429: "ThrottlingException",
  500: "InternalServerException",
  503: "ServiceUnavailableException",
};

/** Says what is wrong with the credentials of a request, where anything is. */
export type CheckCredentials = (
  request: StandInRequest,
  host: string,
) => string | undefined | Promise<string | undefined>;

const checkKey: CheckCredentials = ({ headers }) =>
  headers.get("authorization") === `Bearer ${BEDROCK_KEY}` ? undefined : "Invalid API Key";

export function startBedrock(check: CheckCredentials = checkKey): AnthropicStandIn {
  const claude = startAnthropic();
  const standIn: StandIn = serveStandIn(async (request) => {
    const problem = await check(request, new URL(standIn.origin).host);
    if (problem !== undefined) return refuse(403, problem);
    if (request.method === "GET") return list(request.path);
    const [, model, action] = PATH.exec(request.path) ?? [];
    if (request.method !== "POST" || model === undefined || action === undefined) {
      return refuse(404, "Unknown operation");
    }
    return action.startsWith("invoke")
      ? await invoke(claude, request, decodeURIComponent(model), action.endsWith("stream"))
      : await converse(claude, request, action.endsWith("stream"));
  });
  return {
    ...standIn,
    givenUp: () => claude.givenUp(),
    [Symbol.asyncDispose]: async () => {
      await claude[Symbol.asyncDispose]();
      await standIn[Symbol.asyncDispose]();
    },
  };
}

async function invoke(
  claude: AnthropicStandIn,
  { headers, json }: StandInRequest,
  model: string,
  isStream: boolean,
): Promise<Response> {
  const problem = invokeProblem(json, headers);
  if (problem !== undefined) return refuse(400, problem);
  const { anthropic_version: _, anthropic_beta: betas, ...body } = json;
  const response = await ask(claude, { ...body, model, stream: isStream }, betas);
  if (!response.ok) return await refusalOf(response);
  if (!isStream) return new Response(response.body, { headers: { "content-type": JSON_TYPE } });
  const events = (await response.text()).split("\n\n").flatMap((event) =>
    /^data: (.*)$/m.exec(event)?.[1] ?? []
  );
  return framed(events.map((data) => {
    const event = JSON.parse(data);
    if (event.type === "error") return exception("serviceUnavailableException", event.error);
    return frame("chunk", { bytes: base64(data), p: "abcdefghij".slice(data.length % 10) });
  }));
}

async function converse(
  claude: AnthropicStandIn,
  { json }: StandInRequest,
  isStream: boolean,
): Promise<Response> {
  const problem = converseProblem(json);
  if (problem !== undefined) return refuse(400, problem);
  const response = await ask(claude, toMessages(json), undefined);
  if (!response.ok) return await refusalOf(response);
  const message = await response.json();
  const usage = {
    inputTokens: 25,
    outputTokens: 15,
    totalTokens: 58,
    cacheReadInputTokens: 7,
    cacheWriteInputTokens: 11,
  };
  if (!isStream) {
    return Response.json({
      output: { message: { role: "assistant", content: message.content.map(converseBlock) } },
      stopReason: message.stop_reason,
      usage,
      metrics: { latencyMs: 7 },
    });
  }
  const events = eventsOf({ model: "", blocks: message.content }).flatMap(converseEvents);
  return framed([...events, frame("metadata", { usage, metrics: { latencyMs: 7 } })]);
}

function converseBlock(block: JsonObject): JsonObject {
  const { type, text, thinking, signature, id, name, input = null } = block;
  if (type === "thinking") {
    return {
      reasoningContent: {
        reasoningText: { text: String(thinking), signature: String(signature) },
      },
    };
  }
  return type === "tool_use"
    ? { toolUse: { toolUseId: String(id), name: String(name), input } }
    : { text: String(text) };
}

/** An event of Messages as ConverseStream has it. */
function converseEvents(event: JsonObject): Uint8Array[] {
  const { type, index: contentBlockIndex = 0 } = event;
  const delta = isJsonObject(event.delta) ? event.delta : {};
  const block = isJsonObject(event.content_block) ? event.content_block : {};
  switch (type) {
    case "message_start":
      return [frame("messageStart", { role: "assistant" })];
    case "content_block_start": {
      if (block.type !== "tool_use") return [];
      const toolUse = { toolUseId: String(block.id), name: String(block.name) };
      return [frame("contentBlockStart", { contentBlockIndex, start: { toolUse } })];
    }
    case "content_block_delta":
      return [frame("contentBlockDelta", { contentBlockIndex, delta: converseDelta(delta) })];
    case "content_block_stop":
      return [frame("contentBlockStop", { contentBlockIndex })];
    case "message_delta":
      return [frame("messageStop", { stopReason: String(delta.stop_reason) })];
    default:
      return [];
  }
}

function converseDelta({ text, partial_json: input, thinking, signature }: JsonObject): JsonObject {
  if (input !== undefined) return { toolUse: { input } };
  if (thinking !== undefined) return { reasoningContent: { text: thinking } };
  return signature === undefined ? { text: text ?? "" } : { reasoningContent: { signature } };
}

const JSON_TYPE = "application/json";

async function ask(
  claude: AnthropicStandIn,
  body: JsonObject,
  betas: unknown,
): Promise<Response> {
  return await fetch(`${claude.origin}/v1/messages`, {
    method: "POST",
    headers: {
      "content-type": JSON_TYPE,
      "x-api-key": ANTHROPIC_KEY,
      "anthropic-version": "2023-06-01",
      ...(Array.isArray(betas) && { "anthropic-beta": betas.join(",") }),
    },
    body: JSON.stringify(body),
  });
}

async function refusalOf(response: Response): Promise<Response> {
  const { error } = await response.json();
  return refuse(response.status === 529 ? 503 : response.status, error.message);
}

function refuse(status: number, message: string): Response {
  const type = `${EXCEPTIONS[status] ?? "InternalServerException"}:http://internal.amazon.com/`;
  return Response.json({ message }, { status, headers: { "x-amzn-errortype": type } });
}

function list(path: string): Response {
  if (path.startsWith("/foundation-models")) {
    const entry = { providerName: "Amazon", modelLifecycle: { status: "ACTIVE" } };
    return Response.json({
      modelSummaries: [
        { ...entry, modelId: "amazon.nova-2-lite-v1:0", inferenceTypesSupported: ["ON_DEMAND"] },
        {
          ...entry,
          modelId: "only.by-profile-v1:0",
          inferenceTypesSupported: ["INFERENCE_PROFILE"],
        },
      ],
    });
  }
  if (!path.startsWith("/inference-profiles")) return refuse(404, "Unknown operation");
  return Response.json({
    inferenceProfileSummaries: [BEDROCK_CLAUDE, BEDROCK_NOVA].map((id) => ({
      inferenceProfileId: id,
      inferenceProfileName: `Stand-in: ${id}`,
      status: "ACTIVE",
      type: "SYSTEM_DEFINED",
    })),
  });
}

function framed(frames: readonly Uint8Array[]): Response {
  return inPieces(frames, {
    "content-type": "application/vnd.amazon.eventstream",
    "x-amzn-requestid": "stand-in",
  });
}

function frame(type: string, payload: JsonObject): Uint8Array {
  return encodeAwsMessage(
    { ":event-type": type, ":content-type": JSON_TYPE, ":message-type": "event" },
    new TextEncoder().encode(JSON.stringify(payload)),
  );
}

function exception(type: string, { message }: { readonly message: string }): Uint8Array {
  return encodeAwsMessage(
    { ":exception-type": type, ":content-type": JSON_TYPE, ":message-type": "exception" },
    new TextEncoder().encode(JSON.stringify({ message })),
  );
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
