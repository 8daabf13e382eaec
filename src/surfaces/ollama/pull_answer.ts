/** `/api/pull`: a model that is served needs no pulling, so that it is done at once. */

import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { HttpAnswer } from "../../core/http/http.ts";
import { jsonAnswer } from "../json_answer.ts";

const SUCCESS = { status: "success" };
const STEPS = [{ status: "pulling manifest" }, { status: "verifying sha256 digest" }, SUCCESS];

export function pullAnswer(wantsStream: boolean): HttpAnswer {
  if (!wantsStream) return jsonAnswer(SUCCESS);
  return {
    status: 200,
    headers: new AnswerHeaders([["content-type", "application/x-ndjson"]]),
    body: STEPS.map((step) => `${JSON.stringify(step)}\n`).join(""),
  };
}
