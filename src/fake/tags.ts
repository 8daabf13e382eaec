/**
 * The prompt tags: what a client writes into its prompt to rehearse a failure.
 *
 * `TAGS` is the table for people; the parser reads the same rows, so that neither can drift.
 *
 * @module
 */

import { REFUSALS } from "./errors.ts";

/** Longest wait that a tag may ask for, and how long a stalled answer is held open. */
export const MAX_WAIT_MS = 600_000;

/** Most tokens of one answer, over all its choices. */
export const MAX_TOKENS = 1_000_000;

/** Longest text of a `[reasoning=TEXT]` or a `[tool=NAME {json}]`, and how many calls at most. */
export const MAX_TAG_CHARACTERS = 16_384;
export const MAX_TOOL_CALLS = 16;

interface NumberTag {
  readonly form: string;
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

/** Tags with a whole number. */
export const NUMBER_TAGS = {
  "retry-after": {
    form: "[retry-after=S]",
    min: 0,
    max: 86_400,
    meaning: "Retry-After of the error reply, in seconds",
  },
  "slow": {
    form: "[slow=MS]",
    min: 0,
    max: MAX_WAIT_MS,
    meaning: "Wait before the first byte",
  },
  "pace": {
    form: "[pace=MS]",
    min: 0,
    max: MAX_WAIT_MS,
    meaning: "Wait between the events of a stream",
  },
  "cut": {
    form: "[cut=N]",
    min: 0,
    max: MAX_TOKENS,
    meaning: "Drop the connection after N events, or after half of a JSON body",
  },
  "stall": {
    form: "[stall=N]",
    min: 0,
    max: MAX_TOKENS,
    meaning: "Send nothing after N events, or after half of a JSON body, until the client leaves" +
      ` or ${MAX_WAIT_MS / 60_000} minutes have passed`,
  },
  "malformed": {
    form: "[malformed=N]",
    min: 1,
    max: MAX_TOKENS,
    meaning: "Break the JSON of the Nth event, or of a JSON body",
  },
  "error": {
    form: "[error=N]",
    min: 0,
    max: MAX_TOKENS,
    meaning: "End the stream with an error event after N events, without its last event; " +
      "as JSON: an error body with status 200",
  },
  "cache-read": {
    form: "[cache-read=N]",
    min: 0,
    max: MAX_TOKENS,
    meaning: "Count N more tokens of the prompt, read from a cache",
  },
  "cache-write": {
    form: "[cache-write=N]",
    min: 0,
    max: MAX_TOKENS,
    meaning: "Count N more tokens of the prompt, written to a cache",
  },
  "tokens": {
    form: "[tokens=N]",
    min: 0,
    max: MAX_TOKENS,
    meaning: "Answer with N tokens, one an event, in each choice",
  },
  "comments": {
    form: "[comments=N]",
    min: 0,
    max: 10_000,
    meaning: "Send N comments before the first event of a stream; Messages: pings",
  },
} as const satisfies Record<string, NumberTag>;

/** Tags without a value, and what they do. */
export const FLAG_TAGS = {
  "html": "Make the body of the error reply an HTML page, as proxies in between send it",
  "empty": "Leave the body of the reply empty",
  "echo": "Answer with the request's body as text",
  "length":
    'Finish with "length" instead of "stop"; Messages: "max_tokens"; Responses: "incomplete"; Gemini: "MAX_TOKENS"',
  "nofinish":
    "Leave the finish reason out; Messages: the message_delta of a stream; Responses: the status",
  "nodone":
    "Leave [DONE] out of a stream; Messages: message_stop; Responses: response.completed; " +
    "Gemini: the last event",
} as const satisfies Record<string, string>;

export type NumberTagName = keyof typeof NUMBER_TAGS;
export type FlagTagName = keyof typeof FLAG_TAGS;

/** One row of the table: how a tag is written, what it may hold and what it does. */
export interface Tag {
  readonly name: string;
  readonly form: string;
  /** The values it takes; empty where it takes none. */
  readonly range: string;
  readonly meaning: string;
}

/**
 * Every tag, for docs/fake.md and help.
 *
 * Tags stand anywhere in the last user message and combine. N counts the `data:` events of a
 * stream, the first one with the role, the finish, the usage and `[DONE]` included, but not what
 * only shows that it is alive; a stream that is shorter ends as usual.
 */
export const TAGS: readonly Tag[] = [
  ...Object.entries(REFUSALS).map(([name, refusal]) => ({
    name,
    form: `[${name}]`,
    range: "",
    meaning: `Error reply ${refusal.status}${refusal.code === null ? "" : `, ${refusal.code}`}` +
      ("retryAfterSeconds" in refusal ? `, Retry-After: ${refusal.retryAfterSeconds}` : ""),
  })),
  ...Object.entries(NUMBER_TAGS).map(([name, { form, min, max, meaning }]) => ({
    name,
    form,
    range: `${min} to ${max}`,
    meaning,
  })),
  ...Object.entries(FLAG_TAGS).map(([name, meaning]) => ({
    name,
    form: `[${name}]`,
    range: "",
    meaning,
  })),
  {
    name: "reasoning",
    form: "[reasoning=TEXT]",
    range: `up to ${MAX_TAG_CHARACTERS} characters, no ]`,
    meaning: "Send TEXT as reasoning before the answer: reasoning_content; " +
      "Messages: a thinking block with a signature; Responses: a summary with encrypted content; " +
      "Gemini: thoughts",
  },
  {
    name: "tool",
    form: "[tool=NAME {json}]",
    range:
      `up to ${MAX_TOOL_CALLS} calls of ${MAX_TAG_CHARACTERS} characters; {json} may be absent`,
    meaning: "Call the tool NAME, its arguments in fragments; " +
      "once its result has been sent back, the answer is text",
  },
];
