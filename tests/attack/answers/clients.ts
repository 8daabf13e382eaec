/** Asks for a hostile answer through each surface, and judges what the client got of it. */

import { assert, assertEquals } from "@std/assert";
import { checkMessagesStream } from "../../formats/anthropic_messages/stream_checker.ts";
import { checkResponsesStream } from "../../formats/openai_responses/stream_checker.ts";
import { requestOf } from "../hostile_input.ts";
import { assertSound } from "../judge.ts";
import { decoded, type RawAnswer } from "../raw_answer.ts";
import type { ErrorShape } from "../surfaces.ts";
import type { ProviderFormat } from "./good_answers.ts";
import type { HostileAnswer } from "./hostile_answer.ts";

export interface AnswerClient {
  readonly name: string;
  readonly errors: ErrorShape;
  /** The format whose bytes pass as they come. */
  readonly format?: ProviderFormat;
  readonly request: (model: string, content: string, stream: boolean) => string;
  /** Throws where a stream is none of its API. */
  readonly checkStream: (body: string) => void;
}

/** Of two APIs the errors are one format, and pass between them. */
const OPENAI_ERRORS: ReadonlySet<ProviderFormat> = new Set(["chat", "responses"]);

/** Where each API is asked for. */
const MODELS: Readonly<Record<ProviderFormat, string>> = {
  chat: "openai/m",
  responses: "openai/m",
  messages: "anthropic/m",
  gemini: "gemini/m",
  ollama: "ollama/m",
  converse: "bedrock/m",
};

function post(target: string, body: object, headers: readonly string[] = []): string {
  return requestOf({ method: "POST", target, headers, body: JSON.stringify(body) });
}

const said = (content: string) => [{ role: "user", content }];

/** Every event has one line of data, which is JSON; an event that has begun is ended. */
function checkEvents(text: string, separator = "\n\n"): void {
  const frames = text.split(separator);
  assertEquals(frames.pop(), "", "The stream ends within an event");
  for (const frame of frames.filter((each) => !each.startsWith(":"))) {
    const [, data] = /^(?:(?:id|event): .*\r?\n)*data: (.*)$/.exec(frame) ?? [];
    assert(data !== undefined, `No event: ${frame.slice(0, 300)}`);
    if (data !== "[DONE]") JSON.parse(data);
  }
}

function checkLines(text: string): void {
  const lines = text.split("\n");
  assertEquals(lines.pop(), "", "The stream ends within a line");
  for (const line of lines) JSON.parse(line);
}

export const CLIENTS: readonly AnswerClient[] = [
  {
    name: "chat",
    errors: "openai",
    format: "chat",
    request: (model, content, stream) =>
      post("/v1/chat/completions", { model, stream, messages: said(content) }),
    checkStream: checkEvents,
  },
  {
    name: "Messages",
    errors: "messages",
    format: "messages",
    request: (model, content, stream) =>
      post("/v1/messages", { model, stream, max_tokens: 9, messages: said(content) }, [
        "anthropic-version: 2023-06-01",
      ]),
    // What a model has written as the input of its call passes as it comes.
    checkStream: (text) =>
      assertEquals(
        checkMessagesStream(text).filter((problem) => !problem.includes("input of its call")),
        [],
      ),
  },
  {
    name: "Responses",
    errors: "openai",
    format: "responses",
    request: (model, content, stream) => post("/v1/responses", { model, stream, input: content }),
    checkStream: (text) => assertEquals(checkResponsesStream(text), []),
  },
  {
    name: "Gemini",
    errors: "gemini",
    format: "gemini",
    request: (model, content, stream) => {
      const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
      const contents = [{ role: "user", parts: [{ text: content }] }];
      return post(`/v1beta/models/${model}:${method}`, { contents });
    },
    checkStream: (text) => checkEvents(text, "\r\n\r\n"),
  },
  {
    name: "Ollama",
    errors: "ollama",
    format: "ollama",
    request: (model, content, stream) =>
      post("/api/chat", { model, stream, messages: said(content) }),
    checkStream: checkLines,
  },
  {
    name: "the service",
    errors: "service",
    request: (model, content, stream) =>
      post(`/api/v1/inference${stream ? "/stream" : ""}`, { model, messages: said(content) }),
    checkStream: checkEvents,
  },
];

/** One client whose bytes pass and one that is translated for, in turn. */
export function clientOf({ format }: HostileAnswer, index: number): AnswerClient {
  // OpenAI's provider is asked for a response by clients of Responses alone.
  const clients = CLIENTS.filter((client) => format !== "responses" || client.format === format);
  const own = clients.find((client) => client.format === format) ?? CLIENTS[0]!;
  return index % 3 === 0 ? own : clients[index % clients.length] ?? own;
}

export function requestFor(client: AnswerClient, row: HostileAnswer, content: string): string {
  return client.request(MODELS[row.format], content, row.isStream);
}

/** What holds of what a client got, whatever the provider said. */
export function judgeAnswer(client: AnswerClient, row: HostileAnswer, answer: RawAnswer): void {
  const { status, headers, body } = answer;
  const mayBeProviders = client.format === row.format ||
    client.errors === "openai" && OPENAI_ERRORS.has(row.format);
  // A provider's own 500 may be told as one.
  assertSound(answer, client.errors, mayBeProviders, mayBeProviders || row.statuses.includes(500));
  assert(
    row.statuses.includes(status),
    `Status ${status} instead of ${row.statuses.join()}: ${body.slice(0, 400)}`,
  );
  if (status !== 200) return;
  const type = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const isStream = /^(text\/event-stream|application\/x-ndjson)/.test(type);
  assert(answer.isWhole || isStream, "A whole answer breaks off");
  assertEquals(isStream, row.isStream, `It is ${type}`);
  // What passes is the provider's own.
  if (client.format === row.format) return;
  if (!isStream) return void JSON.parse(decoded(body));
  client.checkStream(decoded(body));
}
