/** Rewrites a request with tools for a model that has none: all of it becomes text. */

import type {
  CacheMark,
  ChatRequest,
  Message,
  NativeTool,
  Part,
  TextPart,
  Tool,
  ToolCallPart,
  ToolResultPart,
} from "../../core/chat/chat.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { parseJson } from "../../core/text/json.ts";
import { DeclaredTools } from "./declared_tools.ts";
import type { EmulatedTools, FailedCall } from "./emulated_tools.ts";
import { toolPrompt } from "./tool_prompt.ts";

export interface EmulatedRequest {
  readonly request: ChatRequest;
  readonly warnings: readonly string[];
  /** How its answer is read. */
  readonly emulated: EmulatedTools;
}

/**
 * The request in text alone; `undefined` where it has no tools and none were called.
 *
 * @param failed What the model made of the same request before; it is then asked again.
 */
export function emulateRequest(
  request: ChatRequest,
  failed: FailedCall | undefined,
  noteFailure: (failed: FailedCall) => void,
): EmulatedRequest | undefined {
  const { tools = [], toolChoice = "auto", parallelToolCalls, ...rest } = request;
  const isUsed = request.messages.some(({ parts }) => parts.some(isOfTool));
  if (tools.length === 0 && !isUsed) return undefined;
  const own = tools.filter((tool) => tool.kind !== "native");
  const callable = callableOf(own, toolChoice);
  const choice = callable.length === 0 ? "none" : toolChoice;
  const isParallel = parallelToolCalls !== false;
  const declared = new DeclaredTools(callable);
  const messages = joinResults(rewriteMessages(request.messages));
  const asked = choice === "none" ? messages : withSystemText(messages, {
    type: "text",
    text: toolPrompt(callable, choice, isParallel),
    ...markOf(callable),
  });
  return {
    request: {
      ...rest,
      messages: failed === undefined ? asked : [...asked, ...correction(failed)],
    },
    warnings: tools.flatMap(untold),
    emulated: { declared, choice, isParallel, failed, noteFailure },
  };
}

/** What the model is not told of a tool. */
function untold(tool: Tool | NativeTool): readonly string[] {
  if (tool.kind === "native") {
    return [`The tool ${tool.name} is left out: this model has no tools of its own`];
  }
  const { name, native, strict } = tool;
  return [
    ...(native === undefined
      ? []
      : [`Of the tool ${name}, what only ${native.format} has words for is left out`]),
    ...(strict === true
      ? [`That the tool ${name} is strict is left out: this model does not promise it`]
      : []),
  ];
}

/** The last mark of a cache: it stands behind all that comes before it. */
function markOf(marked: readonly { readonly cache?: CacheMark }[]): { readonly cache?: CacheMark } {
  const cache = marked.findLast((one) => one.cache !== undefined)?.cache;
  return cache === undefined ? {} : { cache };
}

/** Throws `invalid_request` where the choice names a tool that is not there. */
function callableOf(tools: readonly Tool[], choice: ChatRequest["toolChoice"]): readonly Tool[] {
  if (choice === "none") return [];
  if (typeof choice !== "object") return tools;
  const chosen = tools.filter(({ name }) => name === choice.name);
  if (chosen.length > 0) return chosen;
  throw new GatewayError(
    "invalid_request",
    `"tool_choice" names the tool ${
      JSON.stringify(choice.name)
    }, which "tools" does not declare; add it there`,
    { param: "tool_choice" },
  );
}

function isOfTool({ type }: Part): boolean {
  return type === "tool_call" || type === "tool_result";
}

function rewriteMessages(messages: readonly Message[]): readonly Message[] {
  const names = new Map<string, string>();
  return messages.map((message) => {
    if (!message.parts.some(isOfTool)) return message;
    const parts = message.parts.flatMap((part): readonly Part[] => {
      if (part.type === "tool_call") {
        names.set(part.callId, part.name);
        return [writeCall(part)];
      }
      return part.type === "tool_result" ? writeResult(part, names.get(part.callId)) : [part];
    });
    const role = message.role === "tool" ? "user" : message.role;
    return { ...message, role, parts: joinTexts(parts) };
  });
}

/** As the model is told to write it, so that it goes on as it has begun. */
function writeCall({ kind, name, input, cache }: ToolCallPart): TextPart {
  const value = kind === "custom" ? { input } : parseJson(input || "{}") ?? input;
  const text = `<tool_call>${JSON.stringify({ name, arguments: value })}</tool_call>`;
  return { type: "text", text, ...(cache !== undefined && { cache }) };
}

/** What is no text stands behind it. */
function writeResult(
  { parts, isError, cache }: ToolResultPart,
  name = "",
): readonly Part[] {
  const text = parts.flatMap((part) => part.type === "text" ? [part.text] : []).join("\n");
  const head = `<tool_response${name && ` name=${JSON.stringify(name)}`}${
    isError ? " error" : ""
  }>`;
  const result = `${head}\n${text}\n</tool_response>`;
  return [
    { type: "text", text: result, ...(cache === undefined ? markOf(parts) : { cache }) },
    ...parts.filter(({ type }) => type !== "text"),
  ];
}

/** Results of one turn were messages of their own; many models want users and assistants to take turns. */
function joinResults(messages: readonly Message[]): readonly Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    const isSameTurn = last?.role === "user" && message.role === "user" && isResult(last);
    const parts = isSameTurn ? joinTexts([...last.parts, ...message.parts]) : message.parts;
    if (isSameTurn) joined[joined.length - 1] = { ...last, parts };
    else joined.push(message);
  }
  return joined;
}

function isResult({ parts: [first] }: Message): boolean {
  return first?.type === "text" && first.text.startsWith("<tool_response");
}

/** Behind what the system says already, which stays what it was for a provider that caches prompts. */
function withSystemText(messages: readonly Message[], part: TextPart): readonly Message[] {
  const [first, ...others] = messages;
  if (first?.role !== "system") return [{ role: "system", parts: [part] }, ...messages];
  const behind: TextPart = { ...part, text: `\n${part.text}` };
  return [{ ...first, parts: joinTexts([...first.parts, behind]) }, ...others];
}

/** Texts that stand side by side become one, which any provider takes; a cache mark ends one. */
function joinTexts(parts: readonly Part[]): readonly Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const isJoined = part.type === "text" && last?.type === "text" && last.cache === undefined &&
      last.citations === undefined;
    if (isJoined) joined[joined.length - 1] = { ...part, text: `${last.text}\n${part.text}` };
    else joined.push(part);
  }
  return joined;
}

/** What the model wrote, and what is wrong with it. */
function correction({ text, problems }: FailedCall): readonly Message[] {
  const said: Message[] = text.trim() === ""
    ? []
    : [{ role: "assistant", parts: [{ type: "text", text }] }];
  const wish = `That was no valid tool call: ${problems.join("; ")}.\n` +
    "Write the call again as <tool_call>{...}</tool_call> and nothing else, or answer in plain text if you " +
    "meant no call.";
  return [...said, { role: "user", parts: [{ type: "text", text: wish }] }];
}
