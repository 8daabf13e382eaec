/**
 * How each API tells a failure: by the table in `expected.md`, which is written by hand, not by what Weir has.
 *
 * @module
 */

import { isSocket, type SurfaceName } from "./matrix_plan.ts";

/** For each status, what an API says in place of the error's code: a word, or a status of its own and a word. */
export type ErrorWords = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** The column of each surface; what has none tells the code. */
const COLUMNS: Readonly<Partial<Record<SurfaceName, string>>> = {
  inference_stream: "service",
  websocket: "service",
  messages: "messages",
  messages_stream: "messages",
  responses: "responses",
  responses_stream: "responses",
  responses_socket: "responses",
  gemini: "gemini",
  gemini_stream: "gemini",
  ollama: "ollama",
  ollama_stream: "ollama",
};
const BEGUN_RESPONSES = "responses, begun";

/** What a client of a surface sees of an end that is declared for all of them; see `expected.md`. */
export function seenBy(surface: SurfaceName, end: string, words: ErrorWords): string {
  const quoted = /^"(.*)"$/.exec(end)?.[1];
  if (quoted !== undefined) return quoted;
  const [, begun, status = "", code = "", advice = ""] =
    /^(then )?([45]\d\d) (\S+)( retry-after=\S+)?$/.exec(end) ?? [];
  if (status === "") return isSocket(surface) ? end.replace(/^20\d /, "") : end;
  const hasBegun = begun !== undefined && surface !== "websocket";
  const column = COLUMNS[surface] ?? "";
  const isBegunService = hasBegun && column === "service";
  const told = isBegunService
    ? ""
    : words.get(status)?.[hasBegun && column === "responses" ? BEGUN_RESPONSES : column] ?? "";
  const [, ownStatus = status, word = code] = /^(?:(\d{3}) )?(\S+)$/.exec(told) ?? [];
  if (hasBegun) return isSocket(surface) ? word : `200 ${word}`;
  return `${ownStatus} ${word}${surface === "websocket" ? "" : advice}`;
}
