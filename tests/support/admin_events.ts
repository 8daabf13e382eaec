/** The events of the admin API, as somebody sees them who looks while a call is made. */

import { type Json, READ_KEY } from "./admin.ts";
import type { Program } from "./program.ts";

const TIMEOUT_MS = 60_000;

export interface SeenEvent {
  readonly type: string;
  readonly data: Json;
}

/**
 * Makes a call and resolves with what is told of it, up to its end. A call that was made before may end late: what is
 * told of others is left out.
 *
 * @param types Those that are asked for, with `call.started` and `call.ended`; all where left out.
 * @throws Where the stream ends before the call does, or is silent for too long.
 */
export async function eventsOfCall(
  { url }: Pick<Program, "url">,
  make: () => Promise<unknown>,
  types?: string,
): Promise<readonly SeenEvent[]> {
  const query = types === undefined ? "" : `?types=${types}`;
  const response = await fetch(`${url}/admin/v1/events${query}`, {
    headers: { authorization: `Bearer ${READ_KEY}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const read = async (): Promise<string> => {
    const { done, value } = await reader.read();
    if (done) throw new Error("The events ended before the call");
    return value;
  };
  let text = await read();
  const making = make();
  let events = ofFirstCall(text);
  while (!events.some(({ type }) => type === "call.ended")) {
    text += await read();
    events = ofFirstCall(text);
  }
  await making;
  await reader.cancel();
  return events;
}

/** What is told, as far as it is whole, of the call that began first. */
function ofFirstCall(text: string): readonly SeenEvent[] {
  const events: readonly SeenEvent[] = [...text.matchAll(/^data: (.*)\n\n/gm)]
    .map(([, data = ""]) => JSON.parse(data));
  const first = events.find(({ type }) => type === "call.started");
  return events.filter(({ data }) => first !== undefined && data.id === first.data.id);
}
