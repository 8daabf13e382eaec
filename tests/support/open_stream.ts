/** Asks for a stream, which a tag in the prompt can make a long one. */

import type { Program } from "./program.ts";

export function openStream(weir: Program, prompt: string): Promise<Response> {
  return fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "m",
      stream: true,
      messages: [{ role: "user", content: prompt }],
    }),
  });
}
