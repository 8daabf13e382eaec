/** Answers of Bedrock's Converse, to clients of Messages. */

import { approximated, carried, leftOut, refused } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";
import { UNKNOWN } from "../reasons.ts";

export const CONVERSE_TO_MESSAGES: AnswerExpectations = {
  "text": carried,
  "several texts in a row": carried,
  "reasoning": carried,
  "reasoning that somebody else has signed": carried,
  "reasoning that somebody else has sealed": leftOut(
    "A client could not read it and would send it back, and Anthropic's clients have no place for what is not Anthropic's",
  ),
  "citation of a page": leftOut(
    "Anthropic's citations hold an index that nobody else can make, and its API checks those that clients send back",
  ),
  "citation of a document": leftOut(
    "Anthropic's citations hold an index that nobody else can make, and its API checks those that clients send back",
  ),
  "image": leftOut(
    "Messages has no images in answers, so that its clients cannot have asked for one",
  ),
  "a field that nobody else knows": leftOut(UNKNOWN),
  "call": carried,
  "text before a call": carried,
  "calls in parallel": carried,
  "call without arguments": carried,
  "call without a name": refused("The provider called a tool without naming it"),
  "end: it is done": carried,
  "end: a stop sequence, and which": approximated("that it stopped, not at which"),
  "end: the bound of the output": carried,
  "end: the model's window": carried,
  "end: calls of tools": carried,
  "end: `stop`, though tools were called": approximated("`tool_use`"),
  "end: a filter": carried,
  "end: a word that nobody knows": approximated("`end_turn`"),
  "tokens read and written": carried,
  "nothing counted": approximated("as 0: its clients read the counts unasked"),
  "tokens read from a cache": carried,
  "tokens written to a cache": carried,
  "tokens written to a cache, by how long": carried,
  "counts that nobody else knows": leftOut(UNKNOWN),
  "error with status 200, before content": carried,
  "error: the prompt is too long": carried,
  "error after content": carried,
};
