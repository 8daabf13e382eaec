/** OpenAI's Responses, around its answers: errors are those of its other APIs, events have names. */

import type { Api } from "../api.ts";
import { REFUSALS } from "../errors.ts";
import { OPENAI } from "../openai/api.ts";

export const RESPONSES: Api = {
  ...OPENAI,
  // All data that is written here has its type first.
  nameOf: (data) => data.slice(`{"type":"`.length, data.indexOf(`"`, `{"type":"`.length)),
  errorEvent: (name, number) => {
    const { message, code, param } = REFUSALS[name];
    return JSON.stringify({ type: "error", code, message, param, sequence_number: number });
  },
};
