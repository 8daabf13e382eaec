/**
 * The messages of a request, written as items.
 *
 * What the system says before anybody else are the instructions; what it says later stays in its place, because
 * what stands before it is cached. A model's turn is an item for each thing it has said or done.
 *
 * @module
 */

import type {
  Message,
  Part,
  ReasoningPart,
  SealedPart,
  ToolResultPart,
} from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { given } from "../../request_fields.ts";
import { NAME } from "../name.ts";
import { encodeContent, toContent } from "./encode_content.ts";
import { unknownRole } from "../../turns.ts";

const NO_ARGUMENTS = "{}";

export interface EncodedInput {
  readonly instructions: string;
  readonly items: readonly JsonObject[];
}

/** Writes the messages, each in its place. */
export function encodeInput(
  messages: readonly Message[],
  warnings: Set<string>,
): EncodedInput {
  if (messages.some(({ parts }) => parts.some(hasMark))) {
    warnings.add(`Marks of what is to be cached are left out: ${NAME} has no word for them`);
  }
  const leading = leadingSystem(messages);
  const writer = new ItemWriter(messages, warnings);
  messages.forEach((message, index) => {
    if (index >= leading) writer.write(message, `messages.${index}`);
  });
  const texts = messages.slice(0, leading).flatMap(({ parts }) => parts)
    .map((part) => part.type === "text" ? part.text : "").filter((text) => text !== "");
  return { instructions: texts.join("\n\n"), items: writer.items };
}

function hasMark(part: Part): boolean {
  return part.cache !== undefined || part.type === "tool_result" && part.parts.some(hasMark);
}

/** How many messages are nothing but what the system says first, in words alone. */
function leadingSystem(messages: readonly Message[]): number {
  const first = messages.findIndex(({ role, parts }) =>
    role !== "system" || parts.some(({ type }) => type !== "text")
  );
  return first === -1 ? messages.length : first;
}

class ItemWriter {
  readonly items: JsonObject[] = [];
  readonly #warnings: Set<string>;
  /** Calls whose input is a text: their results are of that kind as well. */
  readonly #customCalls: ReadonlySet<string>;

  constructor(messages: readonly Message[], warnings: Set<string>) {
    this.#warnings = warnings;
    const calls = messages.flatMap(({ parts }) => parts).filter((part) =>
      part.type === "tool_call"
    );
    this.#customCalls = new Set(
      calls.filter(({ kind }) => kind === "custom").map(({ callId }) => callId),
    );
  }

  write({ role, parts, name }: Message, place: string): void {
    if (name !== undefined) {
      this.#warnings.add(`"name" of a message is left out: ${NAME} has no word for it`);
    }
    if (role === "assistant") return parts.forEach((part) => this.#writeSaid(part, place));
    if (role === "tool") {
      for (const part of parts) if (part.type === "tool_result") this.#writeResult(part, place);
      return;
    }
    if (role !== "user" && role !== "system") throw unknownRole(role, place);
    const content = encodeContent(parts, place, this.#warnings);
    if (content.length === 0) return;
    this.items.push({
      role: role === "system" ? "developer" : role,
      content: toContent(content),
    });
  }

  #writeSaid(part: Part, place: string): void {
    switch (part.type) {
      case "text":
        if (part.citations !== undefined && part.citations.length > 0) {
          this.#warnings.add("Citations in earlier answers are left out");
        }
        return this.#addContent({ type: "output_text", text: part.text });
      case "refusal":
        return this.#addContent({ type: "refusal", refusal: part.text });
      case "reasoning":
      case "sealed":
        return this.#writeReasoning(part);
      case "tool_call": {
        const { callId, kind, name, input } = part;
        this.items.push(
          kind === "custom" ? { type: "custom_tool_call", call_id: callId, name, input } : {
            type: "function_call",
            call_id: callId,
            name,
            arguments: input.trim() === "" ? NO_ARGUMENTS : input,
          },
        );
        return;
      }
      case "native":
        if (part.format === NAME && isJsonObject(part.value)) this.items.push(part.value);
        else {
          this.#warnings.add(
            `A part of type "${part.name}" is left out: ` +
              `${NAME} has no word for what is ${part.format}'s`,
          );
        }
        return;
      case "media":
        this.#warnings.add("What is no text in earlier answers is left out: " + part.kind);
        return;
      case "tool_result":
        throw new GatewayError("invalid_request", `${place} holds a result that nobody waits for`, {
          param: "messages",
        });
    }
  }

  /** Texts of one turn that follow each other are one message. */
  #addContent(part: JsonObject): void {
    if (part["text"] === "" || part["refusal"] === "") return;
    const last = this.items.at(-1);
    const said = last?.["type"] === "message" ? last["content"] : undefined;
    if (Array.isArray(said)) {
      this.items[this.items.length - 1] = { ...last, content: [...said, part] };
    } else this.items.push({ type: "message", role: "assistant", content: [part] });
  }

  /** Reasoning without a seal is stripped, as is what others have signed: nobody else can check it. */
  #writeReasoning(part: ReasoningPart | SealedPart): void {
    const { seal, id } = part;
    if (seal === undefined) {
      this.#warnings.add(
        `Reasoning without a signature is left out: ${NAME} takes back what it has signed`,
      );
      return;
    }
    if (seal.issuer !== NAME) {
      this.#warnings.add(
        `Reasoning that ${seal.issuer} has signed is left out: nobody else can check it`,
      );
      return;
    }
    this.items.push({
      type: "reasoning",
      ...given({ id }),
      summary: part.type === "reasoning" && part.text !== ""
        ? [{ type: "summary_text", text: part.text }]
        : [],
      encrypted_content: seal.value,
    });
  }

  #writeResult({ callId, parts, isError }: ToolResultPart, place: string): void {
    const content = [...encodeContent(parts, place, this.#warnings)];
    if (isError) {
      content.unshift({ type: "input_text", text: "Error:" });
      this.#warnings.add(
        `That a tool failed is told in the text of its result: ${NAME} has no word for it`,
      );
    }
    const isText = content.every(({ type }) => type === "input_text");
    this.items.push({
      type: this.#customCalls.has(callId) ? "custom_tool_call_output" : "function_call_output",
      call_id: callId,
      output: isText ? content.map(({ text }) => text).join("\n") : content,
    });
  }
}
