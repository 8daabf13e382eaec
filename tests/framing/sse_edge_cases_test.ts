import { assertEquals } from "@std/assert";
import { SseDecoder } from "../../src/framing/sse_decoder.ts";

interface RecordedCase {
  readonly id: string;
  readonly name: string;
  readonly chunks_base64?: readonly string[];
  /** In place of the chunks, where they would be long. */
  readonly generator?: {
    readonly prefix: string;
    readonly repeat: string;
    readonly count: number;
    readonly suffix: string;
    readonly chunk_bytes: number;
  };
  readonly expected_whatwg: {
    readonly events: readonly {
      readonly event: string;
      readonly data?: string;
      readonly data_length?: number;
      readonly id?: string;
    }[];
    readonly retry: number | null;
    readonly last_event_id: string;
  };
}

const RECORDED = new URL("../../../shared/streams/sse_edge_cases.json", import.meta.url);
const recorded = readRecorded();

Deno.test({
  name: "SseDecoder decodes every recorded edge case (skipped without ../shared/streams)",
  ignore: recorded.length === 0,
  fn: async (test) => {
    for (const recordedCase of recorded) {
      await test.step(`${recordedCase.id} ${recordedCase.name}`, () => check(recordedCase));
    }
    assertEquals(recorded.length, 54);
  },
});

function readRecorded(): readonly RecordedCase[] {
  try {
    return JSON.parse(Deno.readTextFileSync(RECORDED));
  } catch (error) {
    const { NotFound, NotCapable } = Deno.errors; // Absent, or the run may not read outside.
    if (error instanceof NotFound || error instanceof NotCapable) return [];
    throw error;
  }
}

function check(recordedCase: RecordedCase): void {
  const { events, retry, last_event_id } = recordedCase.expected_whatwg;
  const decoder = new SseDecoder({ maxEventBytes: 2 << 20 });
  const decoded = chunksOf(recordedCase).flatMap((chunk) => decoder.push(chunk));
  assertEquals(decoded.length, events.length);
  for (const [index, { event, data, data_length, id }] of events.entries()) {
    assertEquals(decoded[index]?.event, event);
    if (id !== undefined) assertEquals(decoded[index]?.id, id);
    if (data_length === undefined) assertEquals(decoded[index]?.data, data);
    else assertEquals(decoded[index]?.data.length, data_length);
  }
  assertEquals(decoder.retryMs ?? null, retry);
  assertEquals(decoder.lastEventId, last_event_id);
}

function chunksOf({ chunks_base64, generator }: RecordedCase): Uint8Array[] {
  if (generator === undefined) {
    return (chunks_base64 ?? []).map((chunk) =>
      Uint8Array.from(atob(chunk), (character) => character.charCodeAt(0))
    );
  }
  const { prefix, repeat, count, suffix, chunk_bytes } = generator;
  const bytes = new TextEncoder().encode(prefix + repeat.repeat(count) + suffix);
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += chunk_bytes) {
    chunks.push(bytes.subarray(from, from + chunk_bytes));
  }
  return chunks;
}
