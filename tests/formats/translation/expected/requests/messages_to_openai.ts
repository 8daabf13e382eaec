/** Requests of Messages to OpenAI itself: what is not as with others who speak chat. */

import { dropped } from "../../expectation.ts";
import type { RequestExpectations } from "../../features.ts";
import { MESSAGES_TO_COMPATIBLE } from "./messages_to_compatible.ts";
import { NO_REASONING } from "../reasons.ts";

export const MESSAGES_TO_OPENAI: RequestExpectations = {
  ...MESSAGES_TO_COMPATIBLE,
  "earlier reasoning, signed by Anthropic": dropped("reasoning", NO_REASONING),
  "earlier reasoning without a signature": dropped("Reasoning in earlier answers", NO_REASONING),
  "`top_k`": dropped("top_k", "OpenAI refuses it"),
  "`top_k` beyond 8": dropped("top_k", "OpenAI refuses it"),
};
