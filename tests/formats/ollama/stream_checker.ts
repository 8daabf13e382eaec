/**
 * Checks a stream of Ollama's against the rules that its clients rely on.
 *
 * A machine of its own: it shares nothing with what writes such streams, so that no mistake can be in both.
 *
 * @module
 */

// deno-lint-ignore no-explicit-any -- As JSON.parse has it: the checker looks at any line.
type Any = any;

/** What an object may have beside its text. */
const NUMBERS = [
  "total_duration",
  "load_duration",
  "prompt_eval_count",
  "prompt_eval_duration",
  "eval_count",
  "eval_duration",
];
const REASONS = ["stop", "length", "load", "unload"];
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[-+]\d\d:\d\d)$/;

/** Sentences about what is wrong, in the order of the stream; none where all is right. */
export function checkOllamaStream(
  stream: Uint8Array | string,
  shape: "chat" | "generate" = "chat",
): readonly string[] {
  let text: string;
  try {
    text = typeof stream === "string"
      ? stream
      : new TextDecoder("utf-8", { fatal: true }).decode(stream);
  } catch {
    return ["the stream is no UTF-8"];
  }
  const problems: string[] = [];
  const lines = text.split("\n");
  if (lines.pop() !== "") problems.push("the stream ends within a line");
  let end: "done" | "error" | undefined;
  let model: unknown;
  let calls = 0;
  for (const [index, line] of lines.entries()) {
    const refuse = (problem: string) => problems.push(`line ${index + 1}: ${problem}`);
    if (end !== undefined) refuse(`it comes after the ${end === "done" ? "end" : "error"}`);
    // Python's clients take these for ends of lines.
    if (/[\r\u0085\u2028\u2029]/.test(line)) refuse("a character in it ends lines elsewhere");
    const object = parsed(line);
    if (object === undefined) {
      refuse(line === "" ? "it is empty" : "it is no JSON object");
      continue;
    }
    if (object.error !== undefined) {
      if (typeof object.error !== "string" || object.error === "") refuse("its error is no text");
      end = "error";
      continue;
    }
    model ??= object.model;
    for (const problem of objectProblems(object, shape)) refuse(problem);
    if (object.model !== model) refuse(`its model is ${object.model} and not ${model}`);
    for (const call of object.message?.tool_calls ?? []) {
      if (call?.function?.index !== undefined && call.function.index !== calls) {
        refuse(`its call has the index ${call.function.index} and not ${calls}`);
      }
      calls++;
    }
    if (object.done === true) end = "done";
  }
  if (end === undefined) problems.push("the stream ends without being done and without an error");
  return problems;
}

function parsed(line: string): Any {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function* objectProblems(object: Any, shape: "chat" | "generate"): Generator<string> {
  if (typeof object.model !== "string" || object.model === "") yield "it has no model";
  if (!MOMENT.test(object.created_at)) yield `its moment is ${object.created_at}`;
  if (typeof object.done !== "boolean") yield "it does not say whether it is done";
  if (shape === "chat") yield* messageProblems(object.message);
  else if (typeof object.response !== "string") yield "it has no response";
  if (object.done !== true) {
    if (object.done_reason !== undefined) yield "it is not done and has a reason";
    return;
  }
  if (!REASONS.includes(object.done_reason)) yield `its reason is ${object.done_reason}`;
  for (const name of NUMBERS) {
    const value = object[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
      yield `${name} is ${value} and no whole number`;
    }
  }
  for (const name of ["total_duration", "eval_duration"]) {
    if (object[name] === undefined) yield `it lacks ${name}`;
  }
}

function* messageProblems(message: Any): Generator<string> {
  if (message?.role !== "assistant") return yield "its message is none of the assistant";
  if (typeof message.content !== "string") yield "its content is no text";
  if (message.thinking !== undefined && typeof message.thinking !== "string") {
    yield "its thinking is no text";
  }
  for (const call of message.tool_calls ?? []) {
    const { name, arguments: input } = call?.function ?? {};
    if (typeof name !== "string" || name === "") yield "its call names no tool";
    if (typeof input !== "object" || input === null || Array.isArray(input)) {
      yield "the arguments of its call are no object";
    }
  }
}
