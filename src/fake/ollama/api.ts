/** Ollama's API, around its answers. */

import type { Api } from "../api.ts";
import { refusalOf } from "../errors.ts";
import { FAKE_MODEL } from "../answer.ts";

/** The time that every object bears. */
export const CREATED_AT = "2023-11-03T08:26:40.000000001Z";

/** An object of a stream that says nothing. */
const NOTHING_YET = `{"model":"${FAKE_MODEL}","created_at":"${CREATED_AT}",` +
  `"message":{"role":"assistant","content":""},"response":"","done":false}`;

export const OLLAMA: Api = {
  requestIdHeader: "x-request-id",
  streamType: "application/x-ndjson",
  frame: (data) => `${data}\n`,
  keepAlive: `${NOTHING_YET}\n`,
  end: "", // The last object is an answer's own.
  nameOf: () => undefined,
  refusalText: (name) => errorText(refusalOf(name).message),
  errorText: ({ message }) => errorText(message),
};

function errorText(message: string): string {
  return JSON.stringify({ error: message });
}
