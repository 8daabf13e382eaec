/** Answers of Responses to clients of Messages. */

import { approximated, carried, leftOut } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";
import { UNKNOWN } from "../reasons.ts";

export const RESPONSES_TO_MESSAGES: AnswerExpectations = {
  "text": carried,
  "several texts in a row": carried,
  "reasoning": carried,
  "reasoning that somebody else has signed": carried,
  "reasoning that somebody else has sealed": leftOut(
    "A client could not read it and would send it back, and Anthropic's clients have no place for what is not Anthropic's",
  ),
  "refusal": approximated("as a text, and `stop_reason` says what it is"),
  "citation of a page": leftOut(
    "Anthropic's citations hold an index that nobody else can make, and its API checks those that clients send back",
  ),
  "image": leftOut(
    "Messages has no images in answers, so that its clients cannot have asked for one",
  ),
  "what a provider's own tool did": approximated("the text that came of it"),
  "a field that nobody else knows": leftOut(UNKNOWN),
  "`logprobs`": leftOut("A client of Messages cannot ask for them"),
  "id of the answer": carried,
  "no id": approximated("the call's own"),
  "model that answered": carried,
  "time of the answer": leftOut("Messages does not tell it"),
  "call": carried,
  "text before a call": carried,
  "calls in parallel": carried,
  "call without arguments": carried,
  "arguments that are no JSON": {
    whole: approximated("as the field `input`"),
    streamed: approximated("as it is"),
  },
  "call of a `custom` tool": approximated("its input as the field `input`"),
  "end: it is done": carried,
  "end: the bound of the output": carried,
  "end: calls of tools": carried,
  "end: a filter": carried,
  "end: a word that nobody knows": approximated("`end_turn`"),
  "tokens read and written": carried,
  "nothing counted": approximated("as 0: its clients read the counts unasked"),
  "tokens read from a cache": carried,
  "tokens written to a cache": carried,
  "tokens of reasoning": carried,
  "price of the call": leftOut("Messages does not tell it"),
  "counts that nobody else knows": leftOut(UNKNOWN),
  "error with status 200, before content": carried,
  "error: the prompt is too long": carried,
  "error: money has run out": carried,
  "error after content": carried,
};
