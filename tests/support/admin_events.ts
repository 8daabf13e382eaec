/** The events of the admin API, as somebody sees them who looks while something is done. */

import { READ_KEY } from "./admin.ts";
import type { Program } from "./program.ts";

const TIMEOUT_MS = 20_000;

/**
 * Does something and resolves with the text of what is told meanwhile, up to an event of the type `last`.
 *
 * @param types Those that are asked for; all where left out.
 * @throws Where the stream ends before that event, or is silent for too long.
 */
export async function eventsDuring(
  { url }: Pick<Program, "url">,
  last: string,
  work: () => Promise<unknown>,
  types?: string,
): Promise<string> {
  const query = types === undefined ? "" : `?types=${types}`;
  const response = await fetch(`${url}/admin/v1/events${query}`, {
    headers: { authorization: `Bearer ${READ_KEY}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const read = async (): Promise<string> => {
    const { done, value } = await reader.read();
    if (done) throw new Error(`The events ended before ${last}`);
    return value;
  };
  let text = await read();
  const working = work();
  const isTold = new RegExp(`^event: ${last}\n[^]*?\n\n`, "m");
  while (!isTold.test(text)) text += await read();
  await working;
  await reader.cancel();
  return text;
}
