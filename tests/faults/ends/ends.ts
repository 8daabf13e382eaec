/** How an answer ended for whoever read it, as a few words. */

import { checkMessagesStream } from "../../formats/anthropic_messages/stream_checker.ts";
import { checkResponsesStream } from "../../formats/openai_responses/stream_checker.ts";
import { ANSWER } from "../words/pieces.ts";
import { failingFormat, type Targets } from "../matrix_plan.ts";

/** How an answer of a chat, or of a completion, ended. */
export function endOfChat(text: string, isStream: boolean): string {
  return isStream ? orNotJson(() => endOfEvents(text)) : endOfJson(text);
}

function orNotJson(read: () => string): string {
  try {
    return read();
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
    choices?.[0]?.index === 0 ? choices[0].delta?.content ?? choices[0].text ?? "" : ""
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
    return completeWith(choices?.[0]?.message?.content ?? choices?.[0]?.text);
  } catch {
    return text === "" ? "empty" : "not_json";
  }
}

export function completeWith(content: unknown): string {
  return content === ANSWER ? "complete" : `wrong content: ${content}`;
}

/** The service's errors have a number as their code and a type beside it. */
export function errorName(
  error: { readonly code?: unknown; readonly type?: unknown } | undefined,
): string {
  if (error === undefined) return "own_form";
  return typeof error?.code === "string" ? error.code : String(error.type ?? "no_code");
}

/** How an answer of Messages ended. What Weir has written itself must be in order, too. */
export function endOfMessages(text: string, isStream: boolean, targets: Targets): string {
  return isStream ? orNotJson(() => endOfMessageEvents(text, targets)) : endOfMessage(text);
}

function endOfMessageEvents(text: string, targets: Targets): string {
  const problems = failingFormat(targets) !== "messages" ? checkMessagesStream(text) : [];
  if (problems.length > 0) return `disorder: ${problems.join(", ")}`;
  const frames = text.split("\n\n");
  if (frames.pop() !== "") return "unterminated";
  // A frame without a name is none to its clients.
  const events = frames.filter((frame) => !frame.startsWith(":")).map((frame) => {
    const [, name, data = ""] = /^(?:event: (.*)\n)?data: (.*)$/.exec(frame) ?? [];
    return { name, body: parseAsPython(data) };
  });
  const last = events.pop();
  if (events.some(({ name }) => name === "error" || name === "message_stop")) {
    return "an end before the end";
  }
  if (last?.name !== "message_stop") return errorType(last?.body);
  return completeWith(events.map(({ body }) => body.delta?.text ?? "").join(""));
}

function endOfMessage(text: string): string {
  try {
    const message = parseAsPython(text);
    if (message.type !== "message") return errorType(message);
    return completeWith(
      message.content.map((block: { readonly text?: string }) => block.text).join(""),
    );
  } catch {
    return text === "" ? "empty" : "not_json";
  }
}

/** Of the API's envelope, which its clients read nothing but. */
function errorType(body: ReturnType<typeof parseAsPython>): string {
  return body?.type === "error" ? String(body.error?.type ?? "no_type") : "own_form";
}

/** How a response ended. What Weir has written itself must be in order, too. */
export function endOfResponse(text: string, isStream: boolean, targets: Targets): string {
  return isStream ? orNotJson(() => endOfResponseEvents(text, targets)) : endOfWholeResponse(text);
}

function endOfResponseEvents(text: string, targets: Targets): string {
  const problems = failingFormat(targets) === "responses"
    ? []
    : checkResponsesStream(new TextEncoder().encode(text));
  if (problems.length > 0) return `disorder: ${problems.join(", ")}`;
  const last = text.split("\n\n").findLast((frame) => frame.startsWith("event: ")) ?? "";
  const { type, response } = parseAsPython(/^data: (.*)$/m.exec(last)?.[1] ?? "{}");
  // As clients do: the event's name says how the response ended.
  return stateOf({ ...response, status: String(type).replace("response.", "") });
}

function endOfWholeResponse(text: string): string {
  try {
    const response = parseAsPython(text);
    return response.object === "response" ? stateOf(response) : errorName(response.error);
  } catch {
    return text === "" ? "empty" : "not_json";
  }
}

function stateOf(response: ReturnType<typeof parseAsPython>): string {
  const { status, error, incomplete_details: details, output } = response;
  if (status === "failed") return errorName(error);
  if (status !== "completed") return `${status} ${details?.reason}`;
  const items: readonly { readonly content?: readonly { readonly text?: string }[] }[] = output;
  return completeWith(
    items.flatMap(({ content = [] }) => content.map(({ text: said }) => said)).join(""),
  );
}
