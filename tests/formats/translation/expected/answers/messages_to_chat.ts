/** Answers of Messages to clients of OpenAI's chat. */

import { approximated, carried, leftOut } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";
import { UNKNOWN } from "../reasons.ts";

export const MESSAGES_TO_CHAT: AnswerExpectations = {
  "text": carried,
  "several texts in a row": approximated("as one text"),
  "reasoning": carried,
  "reasoning that Anthropic has signed": carried,
  "reasoning that is sealed, between reasoning": carried,
  "reasoning between two texts": approximated("the texts as one, the reasoning beside it"),
  "citation of a page": carried,
  "citation of a document": leftOut(
    "Chat's annotations are of addresses, and a document of the client's own has none",
  ),
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
  "end: a stop sequence, and which": carried,
  "end: the bound of the output": carried,
  "end: the model's window": approximated("`length`"),
  "end: calls of tools": carried,
  "end: `stop`, though tools were called": approximated("`tool_calls`"),
  "end: a filter": carried,
  "end: a refusal, and why": approximated("the reason as `refusal`"),
  "end: a pause of the provider's tools": approximated("`stop`"),
  "end: a word that nobody knows": approximated("the word as it is"),
  "tokens read and written": carried,
  "nothing counted": carried,
  "tokens read from a cache": carried,
  "tokens written to a cache": carried,
  "tokens written to a cache, by how long": approximated("both together"),
  "tokens of reasoning": carried,
  "counts that nobody else knows": leftOut(UNKNOWN),
  "error with status 200, before content": carried,
  "error: the prompt is too long": carried,
  "error: money has run out": carried,
  "error after content": carried,
};
