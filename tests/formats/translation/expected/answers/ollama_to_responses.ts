/** Answers of an Ollama to clients of Responses. */

import { approximated, carried, leftOut } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";
import { UNKNOWN } from "../reasons.ts";

export const OLLAMA_TO_RESPONSES: AnswerExpectations = {
  "text": carried,
  "reasoning": carried,
  "a field that nobody else knows": leftOut(UNKNOWN),
  "`logprobs`": carried,
  "no id": approximated("the call's own"),
  "model that answered": carried,
  "time of the answer": carried,
  "call": carried,
  "text before a call": carried,
  "calls in parallel": carried,
  "call without arguments": carried,
  "call without an id": carried,
  "end: it is done": carried,
  "end: the bound of the output": carried,
  "end: calls of tools": carried,
  "end: a word that nobody knows": approximated("`completed`"),
  "tokens read and written": carried,
  "nothing counted": carried,
  "counts that nobody else knows": leftOut(UNKNOWN),
  "error with status 200, before content": carried,
  "error: the prompt is too long": carried,
  "error after content": carried,
  "image whose type its first bytes tell": carried,
  "image of a type that nobody knows": carried,
  "end: a model is loaded": approximated("`completed`"),
  "arguments as a text": carried,
};
