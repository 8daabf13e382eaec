/** Answers of chatjimmy to clients of Messages. */

import { approximated, carried } from "../../expectation.ts";
import type { AnswerExpectations } from "../../features.ts";

export const CHATJIMMY_TO_MESSAGES: AnswerExpectations = {
  "text": carried,
  "no id": approximated("the call's own"),
  "call without an id": approximated("with an id of the call's own"),
  "end: it is done": carried,
  "end: the bound of the output": carried,
  "tokens read and written": carried,
  "nothing counted": approximated("as 0: its clients read the counts unasked"),
  "error: an answer with nothing in it": approximated("as a failed call"),
  "error: the prompt is too long": carried,
};
