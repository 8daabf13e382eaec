/**
 * Requests that a gateway should not trip over, and what becomes of each.
 *
 * 200 means that it is the upstream's to judge; it must then be harmless all the same.
 *
 * @module
 */

import { textOf } from "../../transport/raw_server.ts";
import { type Attack, head } from "./hostile_request.ts";

export interface BadInput {
  readonly name: string;
  /** What is sent, one character a byte; the connection closes after its answer. */
  readonly request: (attack: Attack) => string;
  /** Sent after it, a byte at a time, for as long as the connection lives. */
  readonly trickle?: string;
  /** Every status that is right; more than one where it is the runtime's to choose. 0 is no answer. */
  readonly statuses: readonly number[];
  /** The error's code, where the answer is Weir's. */
  readonly code?: string;
}

/** What becomes of a request. */
export type Verdict = Pick<BadInput, "statuses" | "code">;

export const passes: Verdict = { statuses: [200] };
export const unauthorized: Verdict = { statuses: [401] };
export const invalidJson = refused(400, "invalid_json");
/** Refused by the runtime, in its own words: Deno 2.4 and 2.9 choose differently. */
export const refusedByRuntime: Verdict = { statuses: [400, 0] };
export const headTooLarge: Verdict = { statuses: [400, 414, 431, 0] };

export function refused(status: number, code: string): Verdict {
  return { statuses: [status], code };
}

/** Part of a request; text is sent in UTF-8. */
export type Part = string | Uint8Array | ((attack: Attack) => string);

/** As one character a byte. */
export function wireOf(part: Part, attack: Attack): string {
  const plain = typeof part === "function" ? part(attack) : part;
  return textOf(typeof plain === "string" ? new TextEncoder().encode(plain) : plain);
}

export const CHAT = "/v1/chat/completions";
const JSON_TYPE = "content-type: application/json";

/** A POST; `body` is framed by its length. */
export function post(
  name: string,
  target: string,
  body: Part,
  verdict: Verdict,
  headers: readonly Part[] = [JSON_TYPE],
): BadInput {
  return {
    name,
    ...verdict,
    request: (attack) => {
      const wire = wireOf(body, attack);
      const lines = headers.map((header) => wireOf(header, attack));
      return head("POST", target, attack.key, [...lines, `content-length: ${wire.length}`]) + wire;
    },
  };
}

/** A chat call with this body. */
export function chat(name: string, body: Part, verdict: Verdict): BadInput {
  return post(name, CHAT, body, verdict);
}

/** A chat call that is right but for these fields. */
export function fields(
  name: string,
  changes: (attack: Attack) => Readonly<Record<string, unknown>>,
  verdict: Verdict,
): BadInput {
  const body = { model: "m", messages: [{ role: "user", content: "hi" }] };
  return chat(name, (attack) => JSON.stringify({ ...body, ...changes(attack) }), verdict);
}

/** A chat call that is right, with more headers. */
export function headed(name: string, headers: readonly Part[], verdict: Verdict): BadInput {
  return post(name, CHAT, GOOD_BODY, verdict, [JSON_TYPE, ...headers]);
}

/** A GET. */
export function get(
  name: string,
  target: Part,
  verdict: Verdict,
  headers: readonly Part[] = [],
): BadInput {
  return {
    name,
    ...verdict,
    request: (attack) =>
      head(
        "GET",
        wireOf(target, attack),
        attack.key,
        headers.map((header) => wireOf(header, attack)),
      ),
  };
}

export const GOOD_BODY = `{"model":"m","messages":[{"role":"user","content":"hi"}]}`;

/** What a chat call consists of besides `inner`, which is put in as one more member. */
export function withMember(inner: string): string {
  return `${GOOD_BODY.slice(0, -1)},${inner}}`;
}
