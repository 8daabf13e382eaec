/**
 * Checks a Gemini stream against the rules that its clients rely on.
 *
 * A machine of its own: it shares nothing with what writes such streams, so that no mistake can be in both.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/core/text/json.ts";

const PART_KINDS: readonly string[] = [
  "codeExecutionResult",
  "executableCode",
  "fileData",
  "functionCall",
  "inlineData",
  "text",
  "toolCall",
  "toolResponse",
];
/** What may stand beside it; a signature may also stand alone. */
const BESIDE: ReadonlySet<string> = new Set(["thought", "thoughtSignature"]);
const FINISH_REASONS: ReadonlySet<string> = new Set([
  "STOP",
  "MAX_TOKENS",
  "SAFETY",
  "RECITATION",
  "LANGUAGE",
  "OTHER",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "IMAGE_SAFETY",
]);
/** The same in every event that has them. */
const NAMES = ["modelVersion", "responseId"] as const;

/** Sentences about what is wrong, in the order of the stream; none where all is right. */
export function checkGeminiStream(stream: Uint8Array | string): readonly string[] {
  let text: string;
  try {
    text = typeof stream === "string"
      ? stream
      : new TextDecoder("utf-8", { fatal: true }).decode(stream);
  } catch {
    return ["the stream is no UTF-8"];
  }
  const checker = new StreamChecker();
  const blocks = text.split(/\r\n\r\n|\n\n|\r\r/);
  const unfinished = blocks.pop() ?? "";
  for (const block of blocks) checker.takeBlock(block);
  if (unfinished.trim() !== "") checker.refuse("the stream ends within an event");
  checker.end();
  return checker.problems;
}

/** The same of a stream that is one JSON array. */
export function checkGeminiArray(text: string): readonly string[] {
  const checker = new StreamChecker();
  let items: unknown;
  try {
    items = JSON.parse(text);
  } catch {
    return ["the stream is no JSON"];
  }
  if (!Array.isArray(items)) return ["the stream is no array"];
  for (const item of items) checker.takeBody(item);
  checker.end();
  return checker.problems;
}

class StreamChecker {
  readonly problems: string[] = [];
  #number = 0;
  #hasError = false;
  #isBlocked = false;
  #hasUsage = false;
  readonly #finished = new Map<number, boolean>();
  readonly #names = new Map<string, JsonValue>();

  refuse(problem: string): void {
    this.problems.push(problem);
  }

  /** Google's own client knows an event by how its block begins, and loses one that begins otherwise. */
  takeBlock(block: string): void {
    if (!block.startsWith("data:")) {
      this.#number++;
      this.#refuse(`does not begin with its data: ${block.slice(0, 40)}`);
      return;
    }
    const lines = block.split(/\r\n|\r|\n/);
    const data = lines.map((line) => line.replace(/^data: ?/, "")).join("\n");
    try {
      this.takeBody(JSON.parse(data));
    } catch {
      this.#number++;
      this.#refuse(`is no JSON: ${data.slice(0, 40)}`);
    }
  }

  takeBody(body: JsonValue): void {
    this.#number++;
    if (this.#hasError) this.#refuse("stands behind an error");
    if (!isJsonObject(body)) return this.#refuse("is no object");
    if (body["error"] !== undefined) return this.#takeError(body["error"]);
    this.#takeNames(body);
    this.#hasUsage = isJsonObject(body["usageMetadata"]);
    if (this.#hasUsage) this.#checkUsage(body["usageMetadata"] as JsonObject); // Just looked at.
    const feedback = body["promptFeedback"];
    if (isJsonObject(feedback) && feedback["blockReason"] !== undefined) this.#isBlocked = true;
    const candidates = body["candidates"] ?? [];
    if (!Array.isArray(candidates)) return this.#refuse("has candidates that are no list");
    for (const candidate of candidates) this.#takeCandidate(candidate);
  }

  end(): void {
    if (this.#hasError) return;
    const open = [...this.#finished].filter(([, isFinished]) => !isFinished);
    for (const [index] of open) this.refuse(`candidate ${index} has no reason to end`);
    if (this.#finished.size === 0 && !this.#isBlocked) this.refuse("there is no candidate");
    if (!this.#hasUsage) this.refuse("the last event has no counts");
  }

  #refuse(problem: string): void {
    this.refuse(`event ${this.#number} ${problem}`);
  }

  #takeError(error: JsonValue): void {
    this.#hasError = true;
    if (!isJsonObject(error)) return this.#refuse("has an error that is no object");
    const { code, message, status } = error;
    if (!Number.isInteger(code)) this.#refuse("has an error without a number");
    if (typeof message !== "string" || message === "") this.#refuse("has an error without words");
    if (typeof status !== "string" || !/^[A-Z_]+$/.test(status)) {
      this.#refuse("has an error without a status");
    }
  }

  #takeNames(body: JsonObject): void {
    for (const name of NAMES) {
      const value = body[name];
      if (value === undefined) continue;
      if (typeof value !== "string") this.#refuse(`has a ${name} that is no text`);
      const before = this.#names.get(name) ?? value;
      if (before !== value) this.#refuse(`changes its ${name}`);
      this.#names.set(name, value);
    }
  }

  #checkUsage(usage: JsonObject): void {
    const counts = Object.entries(usage).filter(([name]) => name.endsWith("TokenCount"));
    for (const [name, value] of counts) {
      const isCount = typeof value === "number" && Number.isInteger(value) && value >= 0;
      if (!isCount) this.#refuse(`has a ${name} that is no count`);
    }
    const total = Number(usage["totalTokenCount"] ?? 0);
    const parts = ["promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount"]
      .reduce((sum, name) => sum + Number(usage[name] ?? 0), 0);
    if (usage["totalTokenCount"] !== undefined && total < parts) {
      this.#refuse("counts fewer tokens in all than in its parts");
    }
  }

  #takeCandidate(candidate: JsonValue): void {
    if (!isJsonObject(candidate)) return this.#refuse("has a candidate that is no object");
    const index = candidate["index"] ?? 0;
    if (typeof index !== "number" || !Number.isInteger(index) || index < 0) {
      return this.#refuse("has a candidate without a number");
    }
    const wasFinished = this.#finished.get(index) === true;
    const { content, finishReason } = candidate;
    if (isJsonObject(content)) this.#takeContent(content, wasFinished);
    else if (content !== undefined) this.#refuse("has a content that is no object");
    if (finishReason !== undefined && !FINISH_REASONS.has(String(finishReason))) {
      this.#refuse(`ends for "${finishReason}", which nobody knows`);
    }
    this.#finished.set(index, wasFinished || finishReason !== undefined);
  }

  #takeContent(content: JsonObject, wasFinished: boolean): void {
    const { role = "model", parts = [] } = content;
    if (role !== "model") this.#refuse(`has a content of the role "${role}"`);
    if (!Array.isArray(parts)) return this.#refuse("has parts that are no list");
    for (const part of parts) {
      if (!isJsonObject(part)) this.#refuse("has a part that is no object");
      else this.#takePart(part, wasFinished);
    }
  }

  #takePart(part: JsonObject, wasFinished: boolean): void {
    const members = Object.keys(part).filter((name) => !BESIDE.has(name));
    const [kind] = members;
    const isSignature = members.length === 0 && part["thoughtSignature"] !== undefined;
    if (!isSignature && (members.length !== 1 || !PART_KINDS.includes(String(kind)))) {
      this.#refuse(`has a part of no kind: ${members.join(", ")}`);
    }
    const { text = "", thought, thoughtSignature: signature, functionCall: call } = part;
    if (typeof text !== "string") this.#refuse("has a text that is none");
    if (thought !== undefined && typeof thought !== "boolean") {
      this.#refuse("thinks in other words");
    }
    if (signature !== undefined && (typeof signature !== "string" || signature === "")) {
      this.#refuse("has an empty signature");
    }
    if (wasFinished && (text !== "" || call !== undefined)) this.#refuse("goes on after its end");
    if (call !== undefined) this.#checkCall(call);
  }

  #checkCall(call: JsonValue): void {
    if (!isJsonObject(call)) return this.#refuse("has a call that is no object");
    const { id, name, args, partialArgs, willContinue } = call;
    const isPiece = partialArgs !== undefined || willContinue !== undefined ||
      Object.keys(call).length === 0;
    if (!isPiece && (typeof name !== "string" || name === "")) {
      this.#refuse("has a call without a name");
    }
    if (args !== undefined && !isJsonObject(args)) this.#refuse("has arguments that are no object");
    if (id !== undefined && (typeof id !== "string" || id === "")) {
      this.#refuse("has a call with an empty id");
    }
  }
}
