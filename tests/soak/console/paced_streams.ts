/** Streams as people watch them: an event every tenth of a second. */

import { CLIENT_KEY } from "../../browser/console/signed_in.ts";

export const PACE_MS = 100;

/** Resolves once it is over. Rejects where it is not whole. */
export async function stream(weir: { readonly url: string }, tokens: number): Promise<void> {
  const content = `[tokens=${tokens}] [pace=${PACE_MS}]`;
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${CLIENT_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "fake-model",
      stream: true,
      messages: [{ role: "user", content }],
    }),
  });
  let last = "";
  for await (const bytes of response.body ?? []) last = new TextDecoder().decode(bytes);
  if (response.status === 200 && last.endsWith("data: [DONE]\n\n")) return;
  throw new Error(`A stream was answered ${response.status} and ended with ${last.slice(-200)}`);
}

/** So many at once. */
export async function streamAtOnce(
  weir: { readonly url: string },
  streams: number,
  tokens: number,
): Promise<void> {
  await Promise.all(Array.from({ length: streams }, () => stream(weir, tokens)));
}
