/** A call as a command that sends it again. */

import type { CallDetail } from "../../api/answers.ts";
import { service } from "../playground/openai_surfaces.ts";
import { surfaceOf } from "../playground/surfaces.ts";

/** The key is left to the shell: it is kept nowhere. */
export function curlOf(call: CallDetail, address: string): string {
  const { isSocket, prepare } = surfaceOf(call.surface);
  // What came over a socket is asked of the same service over HTTP.
  const { path, headers = {}, body } = (isSocket ? service.prepare : prepare)({
    model: call.model ?? "",
    turns: [{ role: "user", text: "Hello" }],
    system: "",
    hasTool: false,
  });
  const sent = {
    authorization: "Bearer $WEIR_API_KEY",
    "content-type": "application/json",
    ...headers,
  };
  return [
    `curl ${quoted(address + (call.path ?? path))}`,
    ...(call.method === undefined ? [] : [`  -X ${call.method}`]),
    ...Object.entries(sent).map(([name, value]) => `  -H "${name}: ${value}"`),
    ...(call.stream ? ["  --no-buffer"] : []),
    `  --data-raw ${quoted(call.bodies?.request ?? JSON.stringify(body))}`,
  ].join(" \\\n");
}

/** As a shell takes it for one word without a look into it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
