/** The forms in which models write calls, and where each begins and ends. */

import type { DeclaredTools } from "./declared_tools.ts";
import { callHead, MAX_HEAD_CHARACTERS } from "./call_head.ts";
import { JsonEnd } from "./json_end.ts";
import { type ReadCalls, readCalls, readNamedCall } from "./read_calls.ts";

/**
 * What is known of a text that may be a call: nothing yet, that it is none, or where it ends and what was read.
 *
 * `unknown`: it looks like a call and names no tool that is declared.
 */
export type FormState = "undecided" | DecidedState;
export type DecidedState = "other" | "unknown" | ReadForm;

export interface ReadForm extends ReadCalls {
  /** Index behind it. */
  readonly end: number;
}

/** A text that begins as one form does; told of it as it grows. */
export interface CallForm {
  /** Whether it is what it is wherever it stands, as a tag is; else only where nothing but calls follows. */
  readonly isSure: boolean;
  look(text: string): FormState;
  /** Nothing more comes. */
  lookAtEnd(text: string): DecidedState;
}

const TAGS = ["tool_call", "tool_calls", "function_call", "function_calls"];
const PYTHON_TAG = "<|python_tag|>";
const FUNCTION = "<function=";
const MARKS = [...TAGS.map((tag) => `<${tag}>`), PYTHON_TAG, FUNCTION];
const FENCE = /^```[\w-]*[ \t]*\r?\n\s*(?=[[{])/;
const BEGUN_FENCE = /^`{1,3}$|^```[\w-]*[ \t]*\r?$|^```[\w-]*[ \t]*\r?\n\s*$/;

/** The form that a text begins with; `undecided` while it may yet become one. */
export function formOf(
  text: string,
  isAtStart: boolean,
  declared: DeclaredTools,
): CallForm | "undecided" | "other" {
  const [first] = text;
  if (first === "{" || first === "[") return new JsonForm(0, "", isAtStart, declared);
  if (first === "`") {
    const fence = FENCE.exec(text.slice(0, MAX_HEAD_CHARACTERS));
    if (fence !== null) return new JsonForm(fence[0].length, "```", false, declared);
    const isBegun = text.length <= MAX_HEAD_CHARACTERS && BEGUN_FENCE.test(text);
    return isBegun ? "undecided" : "other";
  }
  for (const mark of MARKS) {
    if (!text.startsWith(mark)) continue;
    if (mark === FUNCTION) return new FunctionForm(declared);
    const close = mark === PYTHON_TAG ? "" : `</${mark.slice(1)}`;
    return new MarkedForm(mark.length, close, declared);
  }
  return MARKS.some((mark) => mark.startsWith(text)) ? "undecided" : "other";
}

/** JSON by itself, or in a fence. */
class JsonForm implements CallForm {
  readonly isSure: boolean;
  readonly #from: number;
  readonly #fence: string;
  readonly #declared: DeclaredTools;
  readonly #json: JsonEnd;
  #isCall = false;

  constructor(from: number, fence: string, isSure: boolean, declared: DeclaredTools) {
    this.#from = from;
    this.#fence = fence;
    this.isSure = isSure;
    this.#declared = declared;
    this.#json = new JsonEnd(from);
  }

  look(text: string): FormState {
    if (!this.#isCall) {
      const head = callHead(text.slice(this.#from), this.#declared);
      if (head !== "call") return head === "unknown" ? "other" : head;
      this.#isCall = true;
    }
    const end = this.#json.find(text);
    if (end === undefined) return "undecided";
    if (this.#fence === "") return this.#read(text, end, end);
    const closed = /^\s*```/.exec(text.slice(end));
    if (closed !== null) return this.#read(text, end, end + closed[0].length);
    return /^\s*`{0,2}$/.test(text.slice(end)) ? "undecided" : "other";
  }

  lookAtEnd(text: string): DecidedState {
    return this.#isCall ? this.#read(text, text.length, text.length) : "other";
  }

  #read(text: string, end: number, endOfForm: number): DecidedState {
    const read = readCalls(text.slice(this.#from, end), this.#declared);
    const isNone = read.calls.length === 0 && read.problems.length === 0;
    return isNone ? "other" : { ...read, end: endOfForm };
  }
}

/** `<tool_call>{...}</tool_call>`, and `<|python_tag|>{...}`, which nothing closes. */
class MarkedForm implements CallForm {
  readonly isSure = true;
  readonly #from: number;
  readonly #close: string;
  readonly #declared: DeclaredTools;
  #json: JsonEnd | undefined;
  #jsonFrom = 0;
  #isCall = false;

  constructor(from: number, close: string, declared: DeclaredTools) {
    this.#from = from;
    this.#close = close;
    this.#declared = declared;
  }

  look(text: string): FormState {
    if (!this.#isCall) {
      const begin = /\S/.exec(text.slice(this.#from));
      if (begin === null) return "undecided";
      if (begin[0] !== "{" && begin[0] !== "[") return "other";
      this.#jsonFrom = this.#from + begin.index;
      const head = callHead(text.slice(this.#jsonFrom), this.#declared);
      if (head !== "call") return head;
      this.#isCall = true;
    }
    this.#json ??= new JsonEnd(this.#jsonFrom);
    for (let end = this.#json.find(text); end !== undefined; end = this.#json.find(text)) {
      if (this.#close === "") return this.#read(text, end, end);
      // Another call may follow within the same marks, or a bracket too many.
      const rest = /^[\s;,}\]]*/.exec(text.slice(end))?.[0].length ?? 0;
      const behind = text.slice(end + rest);
      if (behind === "" || (this.#close.startsWith(behind) && behind !== this.#close)) {
        return "undecided";
      }
      if (behind.startsWith(this.#close)) {
        return this.#read(text, end, end + rest + this.#close.length);
      }
      // What has been forgotten is the closing mark.
      if (!behind.startsWith("{") && !behind.startsWith("[")) return this.#read(text, end, end);
      this.#json = new JsonEnd(end + rest);
    }
    return "undecided";
  }

  lookAtEnd(text: string): DecidedState {
    if (!this.#isCall) return "other";
    const close = this.#close === "" ? -1 : text.indexOf(this.#close, this.#jsonFrom);
    const end = close < 0 ? text.length : close;
    return this.#read(text, end, close < 0 ? end : end + this.#close.length);
  }

  #read(text: string, end: number, endOfForm: number): DecidedState {
    const read = readCalls(text.slice(this.#jsonFrom, end), this.#declared);
    const isNone = read.calls.length === 0 && read.problems.length === 0;
    return isNone ? "unknown" : { ...read, end: endOfForm };
  }
}

/** `<function=name>{...}</function>`. */
class FunctionForm implements CallForm {
  readonly isSure = true;
  readonly #declared: DeclaredTools;
  #name: string | undefined;
  #json: JsonEnd | undefined;
  #from = 0;

  constructor(declared: DeclaredTools) {
    this.#declared = declared;
  }

  look(text: string): FormState {
    if (this.#json === undefined) {
      const named = /^<function=["']?([^>"']*)(["']?>)?(\s*)(\S)?/.exec(text);
      const [head = "", name = "", closed, , first] = named ?? [];
      if (closed === undefined) return this.#declared.couldBegin(name) ? "undecided" : "unknown";
      if (this.#declared.find(name) === undefined) return "unknown";
      if (first === undefined) return "undecided";
      if (first !== "{") return "other";
      this.#name = name;
      this.#from = head.length - 1;
      this.#json = new JsonEnd(this.#from);
    }
    const end = this.#json.find(text);
    if (end === undefined) return "undecided";
    const rest = text.slice(end);
    const close = "</function>";
    if (rest.trimStart() !== close && close.startsWith(rest.trimStart())) {
      return "undecided";
    }
    const spaces = rest.length - rest.trimStart().length;
    const isClosed = rest.trimStart().startsWith(close);
    return this.#read(text, end, isClosed ? end + spaces + close.length : end);
  }

  lookAtEnd(text: string): DecidedState {
    return this.#read(text, text.length, text.length);
  }

  #read(text: string, end: number, endOfForm: number): DecidedState {
    if (this.#name === undefined) return "other";
    const read = readNamedCall(this.#name, text.slice(this.#from, end), this.#declared);
    return { ...read, end: endOfForm };
  }
}
