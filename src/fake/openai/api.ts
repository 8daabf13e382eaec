/** OpenAI's API, around its answers. */

import type { Api } from "../api.ts";
import { type ErrorBody, REFUSALS } from "../errors.ts";

export const OPENAI: Api = {
  requestIdHeader: "x-request-id",
  keepAlive: ": waiting\n\n",
  end: "[DONE]",
  nameOf: () => undefined,
  refusalText: (name) => errorText(REFUSALS[name]),
  errorText: ({ message, type, param = null, code }) => errorText({ message, type, param, code }),
};

/** The JSON text of an error, its fields in the real order and no others. */
export function errorText({ message, type, param, code }: ErrorBody): string {
  return JSON.stringify({ error: { message, type, param, code } });
}
