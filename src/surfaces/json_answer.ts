/** A JSON value as an answer. */

import { AnswerHeaders } from "../core/http/answer_headers.ts";
import type { HttpAnswer } from "../core/http/http.ts";

export function jsonAnswer(value: object): HttpAnswer {
  return {
    status: 200,
    headers: new AnswerHeaders([["content-type", "application/json"]]),
    body: JSON.stringify(value),
  };
}
