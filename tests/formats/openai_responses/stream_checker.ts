/**
 * Checks a Responses stream against the rules that its clients rely on.
 *
 * A machine of its own: it shares nothing with what writes such streams, so that no mistake can be in both.
 *
 * @module
 */

import { isDeepStrictEqual as equal } from "node:util";
import { readFrames } from "../anthropic_messages/sse_frames.ts";
import {
  fieldProblem,
  type Fields,
  type ItemFields,
  type PartFields,
  type ResponseFields,
  type StreamEvent,
} from "./event_fields.ts";

/** Sentences about what is wrong, in the order of the stream; none where all is right. */
export function checkResponsesStream(stream: Uint8Array | string): readonly string[] {
  const checker = new StreamChecker();
  let frames: ReturnType<typeof readFrames>;
  try {
    frames = readFrames(stream);
  } catch {
    return ["the stream is no UTF-8"];
  }
  for (const { event, data } of frames.frames) checker.take(event, data);
  if (frames.unfinished !== "") checker.problems.push("the stream ends within a frame");
  checker.end();
  return checker.problems;
}

type Refuse = (problem: string) => void;

/** A text that grows: a part of a message, of a summary, or the input of a call. */
interface Growing {
  readonly type: string;
  text: string;
  readonly annotations: unknown[];
  isTold: boolean;
  done: PartFields | undefined;
}

interface OpenItem {
  readonly item: ItemFields;
  readonly parts: Growing[];
  /** Of a call. */
  readonly input: Growing;
}

/** Which items each kind of delta belongs to. */
const ITEM_OF: readonly (readonly [start: string, type: string])[] = [
  ["response.content_part", "message"],
  ["response.output_text", "message"],
  ["response.refusal", "message"],
  ["response.reasoning_summary", "reasoning"],
  ["response.function_call_arguments", "function_call"],
  ["response.custom_tool_call_input", "custom_tool_call"],
];

const ENDS: Readonly<Record<string, string>> = {
  "response.completed": "completed",
  "response.incomplete": "incomplete",
  "response.failed": "failed",
};

class StreamChecker {
  readonly problems: string[] = [];
  #number = 0;
  #phase: "before" | "created" | "items" | "over" = "before";
  #response: ResponseFields | undefined;
  readonly #open = new Map<number, OpenItem>();
  readonly #done = new Map<number, Fields>();
  #nextIndex = 0;
  readonly #ids = new Set<string>();

  take(name: string | undefined, data: string): void {
    const number = this.#number++;
    let event: StreamEvent;
    try {
      event = JSON.parse(data);
    } catch {
      this.problems.push(`event ${number}: its data is no JSON: ${data.slice(0, 80)}`);
      return;
    }
    const type = String(event?.type);
    const refuse: Refuse = (problem) => this.problems.push(`event ${number} (${type}): ${problem}`);
    if (name !== type) refuse(`its frame is named "${name}"`);
    const wrongField = fieldProblem(type, event);
    if (wrongField !== undefined) return refuse(wrongField);
    if (event.sequence_number !== number) refuse(`its number is ${event.sequence_number}`);
    this.#step(event, refuse);
  }

  end(): void {
    if (this.#phase !== "over") this.problems.push("the stream ends without a last event");
  }

  #step(event: StreamEvent, refuse: Refuse): void {
    if (this.#phase === "over") return refuse("it comes after the end");
    if (event.response !== undefined) this.#checkResponse(event, refuse);
    if (event.type === "response.created") return this.#create(event, refuse);
    if (this.#phase === "before") return refuse("it comes before response.created");
    if (event.type === "response.in_progress" || event.type === "response.queued") {
      return this.#begin(event, refuse);
    }
    if (ENDS[event.type] !== undefined) return this.#finish(event, refuse);
    if (event.type === "error") return;
    if (this.#phase !== "items") refuse("it comes before response.in_progress");
    if (event.type === "response.output_item.added") return this.#add(event, refuse);
    if (event.type === "response.output_item.done") return this.#complete(event, refuse);
    this.#grow(event, refuse);
  }

  #create({ response }: StreamEvent, refuse: Refuse): void {
    if (this.#phase !== "before") refuse("the response was created before");
    this.#phase = "created";
    this.#response = response;
    if (response.output.length > 0) refuse("its response has output already");
    if (response.status !== "in_progress" && response.status !== "queued") {
      refuse(`its status is ${response.status}`);
    }
  }

  #begin({ response, type }: StreamEvent, refuse: Refuse): void {
    if (this.#phase !== "created") refuse("it comes twice, or after the first item");
    if (type === "response.in_progress") this.#phase = "items";
    if (`response.${response.status}` !== type) refuse(`its status is ${response.status}`);
  }

  #checkResponse({ response }: StreamEvent, refuse: Refuse): void {
    for (const name of ["id", "created_at", "model"] as const) {
      const known = this.#response?.[name] ?? response[name];
      if (response[name] !== known) refuse(`its ${name} is ${response[name]} and was ${known}`);
    }
  }

  #add({ item, output_index: index }: StreamEvent, refuse: Refuse): void {
    if (index !== this.#nextIndex) refuse(`its index is ${index} and not ${this.#nextIndex}`);
    this.#nextIndex = index + 1;
    // A result bears the id of its call.
    for (const id of [item.id, item.type.endsWith("_call") ? item.call_id : undefined]) {
      if (id === undefined || id === null) continue;
      if (this.#ids.has(id)) refuse(`the id ${id} is that of something else`);
      this.#ids.add(id);
    }
    const isWhole = !(ITEM_OF.some(([, type]) => type === item.type));
    if (!isWhole && item.status !== undefined && item.status !== "in_progress") {
      refuse(`its item is ${item.status}`);
    }
    const known = [item.content, item.summary, item.arguments, item.input];
    if (!isWhole && known.some((value) => value !== undefined && String(value) !== "")) {
      refuse("its item holds something already");
    }
    this.#open.set(index, { item, parts: [], input: growing("input") });
  }

  #grow(event: StreamEvent, refuse: Refuse): void {
    const open = this.#open.get(event.output_index);
    if (open === undefined) return refuse(`item ${event.output_index} is not open`);
    const { item } = open;
    if (event.item_id !== item.id) refuse(`its item is ${event.item_id} and was ${item.id}`);
    const [, type] = ITEM_OF.find(([start]) => event.type.startsWith(start)) ?? [];
    if (type !== item.type) return refuse(`it does not belong into a ${item.type}`);
    const index = event.content_index ?? event.summary_index;
    if (index === undefined) return growInput(open.input, event, refuse);
    if (event.type.endsWith("_part.added")) return addPart(open.parts, index, event.part, refuse);
    const part = open.parts[index];
    if (part === undefined) return refuse(`part ${index} was not added`);
    growPart(part, event, refuse);
  }

  #complete({ item, output_index: index }: StreamEvent, refuse: Refuse): void {
    const open = this.#open.get(index);
    if (open === undefined) return refuse(`item ${index} is not open`);
    this.#open.delete(index);
    if (this.#done.has(index)) refuse(`item ${index} was done before`);
    this.#done.set(index, { ...item });
    for (const name of ["id", "type", "call_id", "name", "namespace"] as const) {
      const before = (open.item as unknown as Fields)[name];
      const now = (item as unknown as Fields)[name];
      if (before !== now) refuse(`the ${name} of its item is ${now} and was ${before}`);
    }
    if (item.status === "in_progress") refuse("its item is in progress");
    if (open.parts.some(({ done }) => done === undefined)) refuse("a part of it is not done");
    if (item.type === "message" || item.type === "reasoning") {
      const told = item.type === "message" ? item.content : item.summary;
      if (!equal(told, open.parts.map(({ done }) => done))) {
        refuse("its item is not what its parts have told");
      }
      return;
    }
    if (item.type !== "function_call" && item.type !== "custom_tool_call") return;
    if (!open.input.isTold) refuse("the input of its call was not told to be done");
    const input = item.type === "function_call" ? item.arguments : item.input;
    if (input !== open.input.text) refuse("the input of its call is not what was told");
    if (item.type === "custom_tool_call" || item.status === "incomplete") return;
    if (!isObjectText(open.input.text)) refuse(`its arguments are no object: ${open.input.text}`);
  }

  #finish({ type, response }: StreamEvent, refuse: Refuse): void {
    this.#phase = "over";
    const isFailure = type === "response.failed";
    const { status, error, incomplete_details: details, output } = response;
    if (status !== ENDS[type]) refuse(`its status is ${status}`);
    if ((error !== null) !== isFailure) refuse(`its error is ${JSON.stringify(error)}`);
    if ((details !== null) !== (status === "incomplete")) {
      refuse(`its incomplete_details are ${JSON.stringify(details)}`);
    }
    if (this.#open.size > 0 && !isFailure) refuse("an item is still open");
    const done = [...this.#done].sort(([one], [other]) => one - other).map(([, item]) => item);
    if (!equal(output, done)) refuse("its output is not what was told to be done");
    const isCut = done.some(({ status }) => status === "incomplete");
    if (isCut && status === "completed") refuse("an item of it is incomplete");
  }
}

function growing(type: string): Growing {
  return { type, text: "", annotations: [], isTold: false, done: undefined };
}

function addPart(parts: Growing[], index: number, part: PartFields, refuse: Refuse): void {
  if (index !== parts.length) refuse(`its part is ${index} and not ${parts.length}`);
  if (parts.some(({ done }) => done === undefined)) refuse("the part before it is still open");
  if ((part.text ?? part.refusal) !== "") refuse("its part holds something already");
  parts.push(growing(part.type));
}

/** Which part each event grows. */
const PART_OF: Readonly<Record<string, string>> = {
  output_text: "output_text",
  refusal: "refusal",
  reasoning_summary_text: "summary_text",
};

function growPart(part: Growing, event: StreamEvent, refuse: Refuse): void {
  const [, kind = "", step = ""] = /^response\.(\w+)\.(.*)$/.exec(event.type) ?? [];
  if (part.done !== undefined) return refuse("its part is done already");
  if (kind.endsWith("_part")) return endPart(part, event.part, refuse);
  if (PART_OF[kind] !== part.type) return refuse(`its part is a ${part.type}`);
  if (part.isTold) return refuse("the text of its part is done already");
  if (step === "delta") {
    part.text += event.delta;
    if (event.delta === "") refuse("it brings nothing");
  } else if (step === "annotation.added") {
    if (event.annotation_index !== part.annotations.length) {
      refuse(`its annotation is ${event.annotation_index} and not ${part.annotations.length}`);
    }
    part.annotations.push(event.annotation);
  } else {
    part.isTold = true;
    const text = kind === "refusal" ? event.refusal : event.text;
    if (text !== part.text) refuse("its text is not what its deltas have told");
  }
}

function endPart(part: Growing, told: PartFields, refuse: Refuse): void {
  part.done = told;
  if (!part.isTold) refuse("the text of its part was not told to be done");
  if (told.type !== part.type) refuse(`its part is a ${told.type} and was a ${part.type}`);
  if ((told.text ?? told.refusal) !== part.text) refuse("its part is not what was told");
  if (!equal(told.annotations ?? [], part.annotations)) {
    refuse("its annotations are not those that were told");
  }
}

function growInput(input: Growing, event: StreamEvent, refuse: Refuse): void {
  if (input.isTold) return refuse("the input of its call is done already");
  if (event.type.endsWith(".delta")) {
    input.text += event.delta;
    return;
  }
  input.isTold = true;
  if ((event.arguments ?? event.input) !== input.text) {
    refuse("the input is not what its deltas have told");
  }
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
