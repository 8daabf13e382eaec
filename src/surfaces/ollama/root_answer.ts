/** What stands at the address without a path, for whoever looks whether somebody is there. */

import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { HttpAnswer } from "../../core/http/http.ts";

/** Ollama's clients look for these very words. */
const RUNNING = "Ollama is running";

/** Browsers, and who asks for JSON, have another answer there (`surfaces/console`). */
export function rootAnswer(): HttpAnswer {
  const headers = new AnswerHeaders([
    ["content-type", "text/plain; charset=utf-8"],
    ["vary", "accept, sec-fetch-dest"],
  ]);
  return { status: 200, headers, body: RUNNING };
}
