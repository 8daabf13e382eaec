/**
 * Puts the fragments of streamed tool calls in order.
 *
 * OpenAI numbers its calls and names each in its first fragment only. Others leave the number
 * out, send 0 for every call, or repeat name and id (T34), so a fragment's call follows from all
 * three.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { readCallSeal } from "./call_seal.ts";
import type { ChoiceBlocks } from "./choice_blocks.ts";

/** More than any model makes; an endless stream of new calls would otherwise fill memory. */
const MAX_CALLS = 1_024;

interface OpenCall {
  readonly id: string;
  name: string;
  /** `undefined` until it was announced. */
  block: number | undefined;
}

/** Reads the tool calls of one choice. */
export class ToolCallReader {
  readonly #blocks: ChoiceBlocks;
  readonly #calls: OpenCall[] = [];
  readonly #byId = new Map<string, OpenCall>();
  /** The newest call under each of the upstream's numbers. */
  readonly #byNumber = new Map<number, OpenCall>();

  constructor(blocks: ChoiceBlocks) {
    this.#blocks = blocks;
  }

  get hasCalls(): boolean {
    return this.#calls.length > 0;
  }

  /**
   * Reads one entry of `tool_calls`, or a `function_call`, and adds its events: a fault where it
   * would be one call too many.
   */
  read(fragment: JsonObject, events: ChatEvent[]): void {
    const isCustom = isJsonObject(fragment["custom"]);
    const body = isCustom ? fragment["custom"] : fragment["function"];
    const named = isJsonObject(body) ? body : {};
    const name = textOf(named["name"]);
    const input = inputOf(isCustom ? named["input"] : named["arguments"]);
    const seal = readCallSeal(fragment, NAME);
    const call = this.#find(numberOf(fragment["index"]), textOf(fragment["id"]), name);
    if (call === undefined) {
      const message = `The upstream's answer has more than ${MAX_CALLS} tool calls`;
      events.push({ type: "fault", fault: { message, isUnreadable: true } });
      return;
    }
    if (call.name === "") call.name = name;
    if (call.block === undefined && (name !== "" || input !== "")) {
      const kind = isCustom ? "custom" : "function";
      const part = {
        type: "tool_call",
        callId: call.id,
        kind,
        name: call.name,
        input: "",
        ...(seal !== undefined && { seal }),
      } as const;
      call.block = this.#blocks.addCall(part, events);
    } else if (seal !== undefined && call.block !== undefined) {
      events.push({ type: "block_seal", block: call.block, seal });
    }
    if (call.block === undefined || input === "") return;
    events.push({ type: "block_delta", block: call.block, text: input });
  }

  #find(number: number | undefined, id: string, name: string): OpenCall | undefined {
    const sameId = id === "" ? undefined : this.#byId.get(id);
    const sameNumber = number === undefined ? undefined : this.#byNumber.get(number);
    if (number === undefined) {
      // Without number and id, a name begins a call and anything else continues the last one.
      const last = id === "" && name === "" ? this.#calls.at(-1) : undefined;
      return sameId ?? last ?? this.#open(number, id, name);
    }
    if (sameNumber === undefined) {
      // The number drifted in the middle of a call.
      return (name === "" ? sameId : undefined) ?? this.#open(number, id, name);
    }
    if (!isOther(sameNumber.id, id) && !isOther(sameNumber.name, name)) return sameNumber;
    return sameId ?? this.#open(number, id, name);
  }

  #open(number: number | undefined, id: string, name: string): OpenCall | undefined {
    if (this.#calls.length === MAX_CALLS) return undefined;
    const call: OpenCall = { id, name, block: undefined };
    this.#calls.push(call);
    if (id !== "") this.#byId.set(id, call);
    if (number !== undefined) this.#byNumber.set(number, call);
    return call;
  }
}

/** Whether a fragment's id or name says that it belongs to another call. */
function isOther(known: string, given: string): boolean {
  return known !== "" && given !== "" && known !== given;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Arguments are JSON text; servers on top of Ollama send the object itself. */
function inputOf(value: JsonValue | undefined): string {
  return isJsonObject(value) ? JSON.stringify(value) : textOf(value);
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
