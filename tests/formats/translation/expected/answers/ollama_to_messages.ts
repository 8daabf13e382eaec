/** Answers of an Ollama to clients of Messages. */

import { approximated, carried, leftOut } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";
import { UNKNOWN } from "../reasons.ts";

export const OLLAMA_TO_MESSAGES: AnswerExpectations = {
  "text": carried,
  "reasoning": carried,
  "a field that nobody else knows": leftOut(UNKNOWN),
  "`logprobs`": leftOut("A client of Messages cannot ask for them"),
  "no id": approximated("the call's own"),
  "model that answered": carried,
  "time of the answer": leftOut("Messages does not tell it"),
  "call": carried,
  "text before a call": carried,
  "calls in parallel": carried,
  "call without arguments": carried,
  "call without an id": approximated("with an id of the call's own"),
  "end: it is done": carried,
  "end: the bound of the output": carried,
  "end: calls of tools": carried,
  "end: a word that nobody knows": approximated("`end_turn`"),
  "tokens read and written": carried,
  "nothing counted": approximated("as 0: its clients read the counts unasked"),
  "counts that nobody else knows": leftOut(UNKNOWN),
  "error with status 200, before content": carried,
  "error: the prompt is too long": carried,
  "error after content": carried,
  "image whose type its first bytes tell": leftOut(
    "Messages has no images in answers, so that its clients cannot have asked for one",
  ),
  "image of a type that nobody knows": leftOut(
    "Messages has no images in answers, so that its clients cannot have asked for one",
  ),
  "end: a model is loaded": approximated("`end_turn`"),
  "arguments as a text": carried,
};
