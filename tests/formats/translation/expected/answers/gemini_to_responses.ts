/** Answers of Gemini, to clients of Responses. */

import { approximated, carried, leftOut } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";
import { UNKNOWN } from "../reasons.ts";

export const GEMINI_TO_RESPONSES: AnswerExpectations = {
  "text": carried,
  "reasoning": carried,
  "reasoning that somebody else has signed": carried,
  "citation of a page": carried,
  "image": carried,
  "what a provider's own tool did": approximated("the text that came of it"),
  "a field that nobody else knows": leftOut(UNKNOWN),
  "several choices": approximated("the first alone"),
  "`logprobs`": carried,
  "id of the answer": approximated("the call's own"),
  "no id": approximated("the call's own"),
  "model that answered": carried,
  "call": carried,
  "text before a call": carried,
  "calls in parallel": carried,
  "call without arguments": carried,
  "call without an id": approximated("with an id that goes no further"),
  "end: it is done": carried,
  "end: the bound of the output": carried,
  "end: calls of tools": carried,
  "end: `stop`, though tools were called": carried,
  "end: a filter": carried,
  "end: a refusal, and why": approximated("the reason as a part behind the text"),
  "end: a word that nobody knows": approximated("`completed`"),
  "tokens read and written": carried,
  "tokens read from a cache": carried,
  "tokens of reasoning": carried,
  "counts that nobody else knows": leftOut(UNKNOWN),
  "error with status 200, before content": carried,
  "error after content": carried,
};
