/**
 * A stand-in for a model that has no tools: Llama 3.1 8B as chatjimmy.ai or a server for texts has it.
 *
 * Where its prompt tells of tools, and somebody has asked for `[calls]`, each of its answers is a call in the
 * next of the forms that such models write, right and wrong ones; one that is said to be wrong it writes again.
 * Then it says how many results it was given. Everything else is greeted.
 *
 * @module
 */

import type { JsonObject } from "../../../src/core/text/json.ts";
import { FORMS, writeCall } from "../written_calls.ts";
import { eventStream, inPieces, lastText, serveStandIn, type StandIn } from "./stand_in.ts";

export const GREETING = "Hello! How can I help you today?";

export interface WrittenTool {
  readonly name: string;
  readonly argument: string;
  readonly value: string;
}

const STATS = { done: true, done_reason: "stop", prefill_tokens: 20, decode_tokens: 10 };
const PIECE_BYTES = 7;
const USAGE = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 };

/** @param say What it says to a request, where not the above; `undefined` for that. */
export function startTextOnly(
  tool: WrittenTool,
  say: (request: JsonObject) => string | undefined = () => undefined,
): StandIn {
  return serveStandIn(({ method, path, json }) => {
    if (method === "GET") return Response.json({ object: "list", data: [{ id: "llama" }] });
    if (json.tools !== undefined) {
      return Response.json({ error: { message: "No tools here", param: "tools" } }, {
        status: 400,
      });
    }
    const text = say(json) ?? sayNext(json, tool);
    if (path === "/api/chat") return chatjimmyAnswer(text);
    return json.stream === true ? streamed(text) : whole(text);
  });
}

function sayNext(request: JsonObject, { name, argument, value }: WrittenTool): string {
  const messages = (request.messages ?? []) as readonly JsonObject[];
  const said = JSON.stringify(request);
  if (!said.includes("# Tools") || !said.includes("[calls]")) return GREETING;
  const call = (form: string) => writeCall(form, name, argument, value);
  if (lastText(request).startsWith("That was no valid tool call")) return call("as it is told to");
  // Each answer that it has given stands in the conversation; what it was asked again for does not.
  const form = FORMS[messages.filter(({ role }) => role === "assistant").length];
  const results = said.match(/<tool_response name/g)?.length ?? 0;
  return form === undefined ? `I was given ${results} results.` : call(form);
}

/** How many results it was given once it has written all forms: of two calls at once there are two. */
export const RESULTS = FORMS.length + FORMS.filter((form) => form.startsWith("two ")).length;

/** Bare text, and statistics that end it. */
function chatjimmyAnswer(text: string): Response {
  const bytes = new TextEncoder().encode(
    `${text}<|stats|>${JSON.stringify({ ...STATS, total_tokens: 30 })}<|/stats|>`,
  );
  const pieces = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    pieces.push(bytes.subarray(at, at + PIECE_BYTES));
  }
  return inPieces(pieces, { "content-type": "text/event-stream" });
}

function streamed(text: string): Response {
  const chunk = (delta: JsonObject, finish: string | null = null) => ({
    id: "chatcmpl-text",
    object: "chat.completion.chunk",
    created: 1,
    model: "llama",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const deltas = (text.match(/[^]{1,7}/g) ?? []).map((content) => chunk({ content }));
  return eventStream([
    chunk({ role: "assistant", content: "" }),
    ...deltas,
    chunk({}, "stop"),
    { ...chunk({}), choices: [], usage: USAGE },
    "data: [DONE]\n\n",
  ]);
}

function whole(text: string): Response {
  return Response.json({
    id: "chatcmpl-text",
    object: "chat.completion",
    created: 1,
    model: "llama",
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
    usage: USAGE,
  });
}
