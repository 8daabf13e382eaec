/** Answers of chatjimmy to clients of OpenAI's chat. */

import { approximated, carried } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";

export const CHATJIMMY_TO_CHAT: AnswerExpectations = {
  "text": carried,
  "no id": approximated("the call's own"),
  "call without an id": carried,
  "end: it is done": carried,
  "end: the bound of the output": carried,
  "tokens read and written": carried,
  "nothing counted": carried,
  "error: an answer with nothing in it": approximated("as a failed call"),
  "error: the prompt is too long": carried,
};
