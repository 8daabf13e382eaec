/** Answers of Bedrock's Converse, to clients of OpenAI's chat. */

import { approximated, carried, leftOut } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";
import { UNKNOWN } from "../reasons.ts";

export const CONVERSE_TO_CHAT: AnswerExpectations = {
  "text": carried,
  "several texts in a row": approximated("as one text"),
  "reasoning": carried,
  "reasoning that somebody else has signed": carried,
  "reasoning that somebody else has sealed": carried,
  "citation of a page": carried,
  "citation of a document": leftOut("It names a place in a document, and not an address"),
  "image": carried,
  "a field that nobody else knows": leftOut(UNKNOWN),
  "call": carried,
  "text before a call": carried,
  "calls in parallel": carried,
  "call without arguments": carried,
  "call without a name": carried,
  "end: it is done": carried,
  "end: a stop sequence, and which": approximated("that it stopped, not at which"),
  "end: the bound of the output": carried,
  "end: the model's window": approximated("`length`"),
  "end: calls of tools": carried,
  "end: `stop`, though tools were called": approximated("`tool_calls`"),
  "end: a filter": carried,
  "end: a word that nobody knows": approximated("the word as it is"),
  "tokens read and written": carried,
  "nothing counted": carried,
  "tokens read from a cache": carried,
  "tokens written to a cache": carried,
  "tokens written to a cache, by how long": approximated("both together"),
  "counts that nobody else knows": leftOut(UNKNOWN),
  "error with status 200, before content": carried,
  "error: the prompt is too long": carried,
  "error after content": carried,
};
