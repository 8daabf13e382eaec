/** A call as a command that sends it again. */

import type { CallDetail } from "../../api/answers.ts";

/** The key is left to the shell: it is kept nowhere. */
export function curlOf(call: CallDetail, address: string): string {
  const body = call.bodies?.request ?? JSON.stringify({
    model: call.model ?? "",
    stream: call.stream ?? false,
    messages: [{ role: "user", content: "Hello" }],
  });
  return [
    `curl ${quoted(address + (call.path ?? "/v1/chat/completions"))}`,
    `  -X ${call.method ?? "POST"}`,
    `  -H "authorization: Bearer $WEIR_API_KEY"`,
    `  -H "content-type: application/json"`,
    ...(call.stream ? ["  --no-buffer"] : []),
    `  --data-raw ${quoted(body)}`,
  ].join(" \\\n");
}

/** As a shell takes it for one word without a look into it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
