/** Requests of Messages to OpenRouter: what is not as with others who speak chat. */

import { carried, dropped } from "../../expectation.ts";
import type { RequestExpectations } from "../../features.ts";
import { MESSAGES_TO_COMPATIBLE } from "./messages_to_compatible.ts";

export const MESSAGES_TO_OPENROUTER: RequestExpectations = {
  ...MESSAGES_TO_COMPATIBLE,
  "mark on a text": carried,
  "mark for five minutes": carried,
  "mark for an hour": carried,
  "mark on the system prompt": carried,
  "mark on a tool": carried,
  "a number of tokens to reason with": carried,
  "a number of tokens to reason with, newest Claude": carried,
  "reasoning that is not shown": carried,
  "reasoning that is not shown, older Claude": carried,
  "mark on a result of a tool": carried,
  "mark on a call of a tool": dropped("Marks", "OpenRouter takes them on content alone"),
};
