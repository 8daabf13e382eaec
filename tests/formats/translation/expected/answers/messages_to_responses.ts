/** Answers of Messages to clients of Responses. */

import { approximated, carried, leftOut } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";
import { UNKNOWN } from "../reasons.ts";

export const MESSAGES_TO_RESPONSES: AnswerExpectations = {
  "text": carried,
  "several texts in a row": carried,
  "reasoning": carried,
  "reasoning that Anthropic has signed": carried,
  "reasoning that is sealed, between reasoning": carried,
  "reasoning between two texts": carried,
  "citation of a page": carried,
  "citation of a document": leftOut(
    "The annotations of Responses are of addresses and of files at OpenAI, and a document of the client's own is neither",
  ),
  "what a provider's own tool did": approximated("the text that came of it"),
  "a field that nobody else knows": leftOut(UNKNOWN),
  "id of the answer": approximated("the call's own"),
  "no id": approximated("the call's own"),
  "model that answered": carried,
  "call": carried,
  "text before a call": carried,
  "calls in parallel": carried,
  "call without arguments": carried,
  "end: it is done": carried,
  "end: a stop sequence, and which": approximated("that it stopped, not at which"),
  "end: the bound of the output": carried,
  "end: the model's window": approximated("as a failure, `context_length_exceeded`"),
  "end: calls of tools": carried,
  "end: `stop`, though tools were called": carried,
  "end: a filter": carried,
  "end: a refusal, and why": approximated("the reason as a part behind the text"),
  "end: a pause of the provider's tools": approximated("`completed`"),
  "end: a word that nobody knows": approximated("`completed`"),
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
