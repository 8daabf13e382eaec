/** Answers of Gemini to Ollama's clients. */

import { approximated, carried, leftOut } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";
import { OLLAMA_COUNTS_NONE, UNKNOWN } from "../reasons.ts";

export const GEMINI_TO_OLLAMA: AnswerExpectations = {
  "text": carried,
  "reasoning": carried,
  "reasoning that somebody else has signed": approximated("its text without the signature"),
  "citation of a page": leftOut("Ollama has no citations"),
  "image": carried,
  "what a provider's own tool did": approximated("the text that came of it"),
  "a field that nobody else knows": leftOut(UNKNOWN),
  "several choices": approximated("the first alone"),
  "`logprobs`": carried,
  "id of the answer": leftOut("Ollama's answers have none"),
  "no id": carried,
  "model that answered": carried,
  "call": carried,
  "text before a call": carried,
  "calls in parallel": carried,
  "call without arguments": carried,
  "call without an id": carried,
  "end: it is done": carried,
  "end: the bound of the output": carried,
  "end: calls of tools": carried,
  "end: `stop`, though tools were called": carried,
  "end: a filter": approximated("`stop`"),
  "end: a refusal, and why": approximated("`stop`"),
  "end: a word that nobody knows": approximated("`stop`"),
  "tokens read and written": carried,
  "tokens read from a cache": leftOut(OLLAMA_COUNTS_NONE),
  "tokens of reasoning": leftOut(OLLAMA_COUNTS_NONE),
  "counts that nobody else knows": leftOut(UNKNOWN),
  "error with status 200, before content": carried,
  "error after content": carried,
};
