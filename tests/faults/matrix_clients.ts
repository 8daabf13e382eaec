/** One call through each surface, and what its client saw, as a few words. */

import { isJsonObject } from "../../src/core/text/json.ts";
import { type Message, openSocket, type SocketClient } from "../support/socket_client.ts";
import {
  completeWith,
  endOfChat,
  endOfMessages,
  endOfResponse,
  errorName,
  parseAsPython,
} from "./ends/ends.ts";
import { endOfOllama } from "./ends/ollama.ts";
import { endOfGemini } from "./ends/gemini.ts";
import { promptOf } from "./fault_provider.ts";
import {
  failingFormat,
  isCompletionsSurface,
  isGeminiSurface,
  isHanded,
  isMessagesSurface,
  isOllamaSurface,
  isResponsesSurface,
  isStream,
  type SurfaceName,
  type Targets,
} from "./matrix_plan.ts";

export interface MatrixCall {
  readonly gatewayUrl: string;
  readonly surface: SurfaceName;
  readonly fault: string;
  readonly id: string;
  readonly model: string;
  readonly targets: Targets;
  /** Resolves when the client is to leave; never where it stays. */
  readonly leave: Promise<void>;
  /** What has been sent by then reaches the client before it leaves. */
  readonly leavesWithContent: boolean;
  readonly isSlow: boolean;
  /** Choices to ask for, where the surface has more than one. */
  readonly choices: number | undefined;
  /** Of its client, where the gateway wants one. */
  readonly key?: string;
  /** Whose connections it is made on; the runtime's own where left out. */
  readonly client?: Deno.HttpClient;
}

const CHAT_PATH = "/v1/chat/completions";
const MESSAGES_PATH = "/v1/messages";
const RESPONSES_PATH = "/v1/responses";
const OLLAMA_PATH = "/api/chat";

const PATHS = {
  json: CHAT_PATH,
  sse: CHAT_PATH,
  inference_stream: "/api/v1/inference/stream",
  messages: MESSAGES_PATH,
  messages_stream: MESSAGES_PATH,
  responses: RESPONSES_PATH,
  responses_stream: RESPONSES_PATH,
  ollama: OLLAMA_PATH,
  ollama_stream: OLLAMA_PATH,
  gemini: "/v1beta/models/MODEL:generateContent",
  gemini_stream: "/v1beta/models/MODEL:streamGenerateContent?alt=sse",
  completions: "/v1/completions",
  completions_stream: "/v1/completions",
  passthrough: "/v1/moderations",
  passthrough_sse: "/v1/images/generations",
} as const satisfies Partial<Record<SurfaceName, string>>;

/** What is handed through to Anthropic's API. */
const BATCHES_PATH = "/v1/messages/batches";

/**
 * The connection broke. Whether the head of the answer came before that is a race within the server of
 * Deno 2.4, so its status is not told.
 */
const BROKEN = "broken";

/** The machine may have more to do than any one client. */
const SOCKET_WAIT_MS = 60_000;

/** Bytes that a slow client takes at a time. */
const SIP_BYTES = 32;

/**
 * `STATUS END`: the HTTP status and how the answer ended for the client, such as `200 complete`,
 * `502 empty_response`, `broken` for a connection that broke, or `left`. Rejects for a WebSocket that was not opened.
 */
export async function play(call: MatrixCall): Promise<string> {
  const { surface } = call;
  if (surface === "websocket") return await playSocket(call);
  if (surface === "responses_socket") return await playResponsesSocket(call);
  return await playHttp(call, surface);
}

async function playHttp(call: MatrixCall, surface: keyof typeof PATHS): Promise<string> {
  const { isSlow } = call;
  const controller = new AbortController();
  let hasLeft = false;
  const leave = (): void => {
    hasLeft = true;
    controller.abort();
  };
  if (!call.leavesWithContent) call.leave.then(leave);
  try {
    const isBatch = isHanded(surface) && failingFormat(call.targets) === "messages";
    const isMessages = isBatch || isMessagesSurface(surface);
    const path = isBatch ? BATCHES_PATH : PATHS[surface].replace("MODEL", call.model);
    const response = await fetch(call.gatewayUrl + path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...headersOf(call),
        ...(isMessages && { "anthropic-version": "2023-06-01" }),
      },
      body: JSON.stringify(bodyOf(call, surface)),
      signal: controller.signal,
      ...(call.client !== undefined && { client: call.client }),
    });
    if (call.leavesWithContent) {
      await response.body?.getReader().read();
      await call.leave;
      leave();
      return `${response.status} left`;
    }
    const endOf = isMessages
      ? endOfMessages
      : isResponsesSurface(surface)
      ? endOfResponse
      : isOllamaSurface(surface)
      ? endOfOllama
      : isGeminiSurface(surface)
      ? endOfGemini
      : endOfChat;
    return await readResponse(
      response,
      isSlow,
      (text, isStream) => endOf(text, isStream, call.targets),
    );
  } catch (thrown) {
    if (hasLeft) return "left";
    if (thrown instanceof TypeError) return BROKEN;
    throw thrown;
  }
}

function headersOf({ id, key }: MatrixCall): Record<string, string> {
  return { "x-request-id": id, ...(key !== undefined && { authorization: `Bearer ${key}` }) };
}

function bodyOf({ model, fault, id, choices }: MatrixCall, surface: SurfaceName): object {
  const content = promptOf(fault, id);
  if (isGeminiSurface(surface)) {
    return { contents: [{ role: "user", parts: [{ text: content }] }] };
  }
  if (isHanded(surface) || isResponsesSurface(surface)) {
    return { model, input: content, stream: isStream(surface) };
  }
  if (isCompletionsSurface(surface)) return { model, prompt: content, stream: isStream(surface) };
  const body = { model, stream: isStream(surface), messages: [{ role: "user", content }] };
  if (isOllamaSurface(surface)) return body;
  return isMessagesSurface(surface) ? { ...body, max_tokens: 99 } : { ...body, n: choices };
}

async function readResponse(
  response: Response,
  isSlow: boolean,
  readEnd: (text: string, isStream: boolean) => string,
): Promise<string> {
  const { status, headers } = response;
  let text: string;
  try {
    text = isSlow ? await sip(response) : await response.text();
  } catch {
    return BROKEN;
  }
  const isStream = /^(?:text\/event-stream|application\/x-ndjson)/.test(
    headers.get("content-type") ?? "",
  );
  const retryAfter = headers.get("retry-after");
  const advice = retryAfter === null ? "" : ` retry-after=${adviceOf(retryAfter)}`;
  return `${status} ${readEnd(text, isStream)}${advice}`;
}

/** A date a lifetime ahead, and the seconds until then, depend on today. */
function adviceOf(retryAfter: string): string {
  return retryAfter.replace(/\D{3}.*/, "date").replace(/^\d{9,}$/, "decades");
}

/** Reads a little at a time, with everything else that is ready in between. */
async function sip(response: Response): Promise<string> {
  const reader = response.body?.getReader({ mode: "byob" });
  const decoder = new TextDecoder();
  let text = "";
  while (reader !== undefined) {
    const { done, value } = await reader.read(new Uint8Array(SIP_BYTES));
    if (done) break;
    text += decoder.decode(value, { stream: true });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return text;
}

async function playSocket(call: MatrixCall): Promise<string> {
  await using client = await openSocket(call.gatewayUrl, {
    headers: headersOf(call),
    waitMs: SOCKET_WAIT_MS,
  });
  client.ask("request", promptOf(call.fault, call.id), { model: call.model });
  if (call.leavesWithContent) await client.received(({ type }) => type === "inference_response");
  let hasLeft = false;
  call.leave.then(() => {
    hasLeft = true;
    // In words: on Deno 2.4 the client's end of a connection that is merely dropped stays open.
    client.socket.close(1000);
  });
  const ended = client.ended("request").then((message) => endOfSocket(client, message));
  return await ended.catch(() => hasLeft ? "left" : "closed");
}

/** Of the last event of a response, or of a failure before the first. */
const LAST_EVENT = /^(?:error|response\.(?:completed|incomplete|failed))$/;

async function playResponsesSocket(call: MatrixCall): Promise<string> {
  await using client = await openSocket(call.gatewayUrl, {
    path: RESPONSES_PATH,
    headers: headersOf(call),
    waitMs: SOCKET_WAIT_MS,
    parse: parseAsPython,
  });
  const input = promptOf(call.fault, call.id);
  client.send({ type: "response.create", model: call.model, input });
  if (call.leavesWithContent) {
    await client.received(({ type }) => type === "response.output_text.delta");
  }
  let hasLeft = false;
  call.leave.then(() => {
    hasLeft = true;
    client.socket.close(1000);
  });
  const ended = client.received(({ type }) => LAST_EVENT.test(String(type)));
  return await ended.then((last) => endOfResponses(client.messages, last, call.targets))
    .catch(() => hasLeft ? "left" : "closed");
}

function endOfResponses(
  messages: readonly Message[],
  last: Message,
  targets: Targets,
): string {
  const { type, status, error, headers } = last;
  if (type === "error") {
    const advice = isJsonObject(headers)
      ? ` retry-after=${adviceOf(String(headers["retry-after"]))}`
      : "";
    return `${status} ${errorName(isJsonObject(error) ? error : undefined)}${advice}`;
  }
  const frames = messages.map((message) =>
    `event: ${message["type"]}\ndata: ${JSON.stringify(message)}\n\n`
  );
  return endOfResponse(frames.join(""), true, targets);
}

function endOfSocket(client: SocketClient, { type, error }: Message): string {
  if (type !== "error" || !isJsonObject(error)) return completeWith(client.contentOf("request"));
  return `${error.code} ${error.type}`;
}
