/** One call through each surface, and what its client saw, as a few words. */

import { isJsonObject } from "../../src/core/json.ts";
import { type Message, openSocket, type SocketClient } from "../support/socket_client.ts";
import { ANSWER } from "./answer_pieces.ts";
import { promptOf } from "./fault_provider.ts";

export const SURFACES = [
  "json",
  "sse",
  "inference_stream",
  "websocket",
  "passthrough",
  "passthrough_sse",
] as const;
export type SurfaceName = (typeof SURFACES)[number];

export interface MatrixCall {
  readonly gatewayUrl: string;
  readonly surface: SurfaceName;
  readonly fault: string;
  readonly id: string;
  readonly model: string;
  /** Resolves when the client is to leave; never where it stays. */
  readonly leave: Promise<void>;
  /** What has been sent by then reaches the client before it leaves. */
  readonly leavesWithContent: boolean;
  readonly isSlow: boolean;
  /** Choices to ask for, where the surface has more than one. */
  readonly choices: number | undefined;
}

const PATHS = {
  json: "/v1/chat/completions",
  sse: "/v1/chat/completions",
  inference_stream: "/api/v1/inference/stream",
  passthrough: "/v1/moderations",
  passthrough_sse: "/v1/responses",
} as const satisfies Partial<Record<SurfaceName, string>>;

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
 * `502 empty_response`, `broken` for a connection that broke, or `left`.
 */
export async function play(call: MatrixCall): Promise<string> {
  return call.surface === "websocket" ? await playSocket(call) : await playHttp(call, call.surface);
}

async function playHttp(call: MatrixCall, surface: keyof typeof PATHS): Promise<string> {
  const { model, isSlow } = call;
  const content = promptOf(call.fault, call.id);
  const isHanded = surface === "passthrough" || surface === "passthrough_sse";
  const body = isHanded ? { model, input: content, stream: surface !== "passthrough" } : {
    model,
    stream: surface !== "json",
    messages: [{ role: "user", content }],
    n: call.choices,
  };
  const controller = new AbortController();
  let hasLeft = false;
  const leave = (): void => {
    hasLeft = true;
    controller.abort();
  };
  if (!call.leavesWithContent) call.leave.then(leave);
  try {
    const response = await fetch(call.gatewayUrl + PATHS[surface], {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": call.id },
      body: JSON.stringify(body),
      signal: controller.signal,
    });
    if (call.leavesWithContent) {
      await response.body?.getReader().read();
      await call.leave;
      leave();
      return `${response.status} left`;
    }
    return await readResponse(response, isSlow);
  } catch (thrown) {
    if (hasLeft) return "left";
    if (thrown instanceof TypeError) return BROKEN;
    throw thrown;
  }
}

async function readResponse(response: Response, isSlow: boolean): Promise<string> {
  const { status, headers } = response;
  let text: string;
  try {
    text = isSlow ? await sip(response) : await response.text();
  } catch {
    return BROKEN;
  }
  const retryAfter = headers.get("retry-after");
  const advice = retryAfter === null ? "" : ` retry-after=${retryAfter.replace(/\D{3}.*/, "date")}`;
  return `${status} ${endOf(text, headers.get("content-type") ?? "")}${advice}`;
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

function endOf(text: string, contentType: string): string {
  if (!contentType.startsWith("text/event-stream")) return endOfJson(text);
  try {
    return endOfEvents(text);
  } catch {
    return "not_json";
  }
}

function endOfEvents(text: string): string {
  const events = text.split("\n\n");
  if (events.pop() !== "") return "unterminated";
  const payloads = events.filter((event) => /^(event: .*\n)?data: /.test(event))
    .map((event) => event.replace(/^(event: .*\n)?data: /, ""));
  const last = payloads.pop() ?? "";
  // Whatever the SDKs parse must be JSON.
  const chunks = payloads.map(parseAsPython);
  if (chunks.some(({ error }) => error)) return "an error before the end";
  if (last !== "[DONE]") return errorName(parseAsPython(last).error);
  const contents = chunks.map(({ choices }) =>
    choices?.[0]?.index === 0 ? choices[0].delta?.content ?? "" : ""
  );
  return completeWith(contents.join(""));
}

/** As Python's clients read it. */
// deno-lint-ignore no-explicit-any -- As JSON.parse has it: tests read any answer.
export function parseAsPython(json: string): any {
  return JSON.parse(json.replaceAll(/(?<![\w"])-?(?:NaN|Infinity)\b(?!")/g, "null"));
}

function endOfJson(text: string): string {
  try {
    const { error, choices } = parseAsPython(text);
    if (error || choices === undefined) return errorName(error);
    return completeWith(choices?.[0]?.message?.content);
  } catch {
    return text === "" ? "empty" : "not_json";
  }
}

function completeWith(content: unknown): string {
  return content === ANSWER ? "complete" : `wrong content: ${content}`;
}

/** The service's errors have a number as their code and a type beside it. */
function errorName(
  error: { readonly code?: unknown; readonly type?: unknown } | undefined,
): string {
  if (error === undefined) return "own_form";
  return typeof error?.code === "string" ? error.code : String(error.type ?? "no_code");
}

async function playSocket(call: MatrixCall): Promise<string> {
  await using client = await openSocket(call.gatewayUrl, {
    headers: { "x-request-id": call.id },
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

function endOfSocket(client: SocketClient, { type, error }: Message): string {
  if (type !== "error" || !isJsonObject(error)) return completeWith(client.contentOf("request"));
  return `${error.code} ${error.type}`;
}
