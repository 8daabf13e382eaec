/**
 * A call of a tool, in the kind in which the request has declared it.
 *
 * @module
 */

import type { ToolCallPart } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { type JsonObject, parseJsonObject } from "../../../core/text/json.ts";
import { unwrapInput } from "../../custom_tool.ts";
import type { DeclaredTool } from "../tools/declared_tools.ts";
import {
  type DeltaForm,
  type GrowingItem,
  type ItemPlace,
  tellAdded,
  tellDone,
} from "./event_sink.ts";

/** Clients parse the arguments, and nothing at all is no JSON. */
const NO_ARGUMENTS = "{}";

export type CallKind = "function" | "custom" | "client";

/** A tool that was not declared is called as it comes. */
export function kindOfCall(part: ToolCallPart, declared: DeclaredTool | undefined): CallKind {
  return declared?.kind ?? part.kind;
}

/** Begins the item of a call. */
export function beginCall(
  part: ToolCallPart,
  declared: DeclaredTool | undefined,
  place: ItemPlace,
): GrowingItem {
  if (part.name === "") throw namelessCall();
  return new CallItem(part, declared, place);
}

class CallItem implements GrowingItem {
  readonly #place: ItemPlace;
  readonly #kind: CallKind;
  readonly #declared: DeclaredTool | undefined;
  readonly #callId: string;
  readonly #name: string;
  readonly #form: DeltaForm;
  /** The provider knows the tool as a function whose only argument is the text. */
  readonly #isWrapped: boolean;
  #input = "";

  constructor(part: ToolCallPart, declared: DeclaredTool | undefined, place: ItemPlace) {
    this.#place = place;
    this.#kind = kindOfCall(part, declared);
    this.#declared = declared;
    this.#callId = part.callId || `call_${place.id}`;
    this.#name = declared?.name ?? part.name;
    this.#isWrapped = this.#kind === "custom" && part.kind === "function";
    this.#form = {
      type: this.#kind === "custom"
        ? "response.custom_tool_call_input.delta"
        : "response.function_call_arguments.delta",
      place: { item_id: place.id, output_index: place.index },
    };
    tellAdded(place, this.#write("in_progress", ""));
    this.add(0, part.input);
  }

  add(_block: number, text: string): void {
    if (text === "") return;
    this.#input += text;
    if (this.#kind !== "client" && !this.#isWrapped) this.#place.sink.delta(this.#form, text);
  }

  close(status: "completed" | "incomplete"): JsonObject {
    const { sink } = this.#place;
    const { place } = this.#form;
    const input = this.#isWrapped ? unwrapInput(this.#input) : this.#input;
    if (this.#kind === "custom") {
      if (this.#isWrapped && input !== "") sink.delta(this.#form, input);
      sink.write("response.custom_tool_call_input.done", { ...place, input });
    } else if (this.#kind === "function") {
      if (input === "") sink.delta(this.#form, NO_ARGUMENTS);
      sink.write("response.function_call_arguments.done", {
        ...place,
        name: this.#name,
        arguments: input || NO_ARGUMENTS,
      });
    }
    const isFunction = this.#kind === "function";
    return tellDone(this.#place, this.#write(status, isFunction ? input || NO_ARGUMENTS : input));
  }

  #write(status: string, input: string): JsonObject {
    const common = { id: this.#place.id, status, call_id: this.#callId };
    const client = this.#declared?.client;
    if (client !== undefined) {
      return {
        ...common,
        type: client.callType,
        ...client.membersOf(parseJsonObject(input) ?? {}),
      };
    }
    const namespace = this.#declared?.namespace;
    return {
      ...common,
      type: this.#kind === "custom" ? "custom_tool_call" : "function_call",
      name: this.#name,
      ...(this.#kind === "custom" ? { input } : { arguments: input }),
      ...(namespace !== undefined && { namespace }),
    };
  }
}

/** A client could neither run it nor answer it. */
function namelessCall(): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    "The provider called a tool without naming it",
  );
}
