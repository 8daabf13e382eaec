/** Answers of a provider of Messages to Gemini's clients. */

import { approximated, carried, leftOut } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";
import { UNKNOWN } from "../reasons.ts";

export const MESSAGES_TO_GEMINI: AnswerExpectations = {
  "text": carried,
  "several texts in a row": carried,
  "reasoning": carried,
  "reasoning that Anthropic has signed": approximated("its text without the signature"),
  "reasoning that is sealed, between reasoning": approximated("what can be read of it"),
  "reasoning between two texts": carried,
  "citation of a page": carried,
  "citation of a document": leftOut("Gemini cites what has an address"),
  "what a provider's own tool did": approximated("the text that came of it"),
  "a field that nobody else knows": leftOut(UNKNOWN),
  "id of the answer": carried,
  "no id": approximated("the call's own"),
  "model that answered": carried,
  "call": carried,
  "text before a call": carried,
  "calls in parallel": carried,
  "call without arguments": carried,
  "end: it is done": carried,
  "end: a stop sequence, and which": approximated("that it stopped, not at which"),
  "end: the bound of the output": carried,
  "end: the model's window": approximated("`MAX_TOKENS`"),
  "end: calls of tools": carried,
  "end: `stop`, though tools were called": carried,
  "end: a filter": carried,
  "end: a refusal, and why": carried,
  "end: a pause of the provider's tools": approximated("`STOP`"),
  "end: a word that nobody knows": approximated("`OTHER`"),
  "tokens read and written": carried,
  "nothing counted": approximated("as 0"),
  "tokens read from a cache": carried,
  "tokens written to a cache": leftOut("Gemini counts none: they are among those of the prompt"),
  "tokens written to a cache, by how long": leftOut(
    "Gemini counts none: they are among those of the prompt",
  ),
  "tokens of reasoning": carried,
  "counts that nobody else knows": leftOut(UNKNOWN),
  "error with status 200, before content": carried,
  "error: the prompt is too long": carried,
  "error: money has run out": carried,
  "error after content": carried,
};
