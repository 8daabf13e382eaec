/** Whether the checker of Messages streams finds what it must, and nothing in real streams. */

import { assert, assertEquals } from "@std/assert";
import { checkMessagesStream } from "./stream_checker.ts";
import { type Event, FAULTLESS, FAULTS } from "./planted_faults.ts";

const RECORDED = new URL("../../../../shared/streams/anthropic/", import.meta.url);

/** Recordings that break a rule, and what the checker says of them first. */
const KNOWN_ODD: Readonly<Record<string, string>> = {
  "vercel.duplicate-message-start.chunks.jsonl":
    "event 2 (message_start): the message has started before",
  // An old one: its thinking begins without a signature. A second message starts within the first.
  "vercel.spliced-message-start.chunks.jsonl":
    "event 2 (content_block_start): its field content_block.signature is wrong: " +
    "Invalid input: expected string, received undefined",
};

function streamOf(events: readonly Event[]): string {
  return events.map(frameOf).join("");
}

function frameOf(event: Event): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

Deno.test("the checker has nothing to say of a faultless stream", () => {
  assertEquals(checkMessagesStream(streamOf(FAULTLESS)), []);
});

Deno.test("pings and comments may stand anywhere before the end", () => {
  for (let at = 0; at < FAULTLESS.length; at++) {
    const frames = FAULTLESS.map(frameOf).toSpliced(
      at,
      0,
      ": comment\n\n",
      frameOf({ type: "ping" }),
    );
    assertEquals(checkMessagesStream(frames.join("")), [], `before event ${at + 1}`);
  }
});

Deno.test("an error may end the stream wherever it stands", () => {
  const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
  for (let at = 0; at < FAULTLESS.length; at++) {
    assertEquals(checkMessagesStream(streamOf([...FAULTLESS.slice(0, at), error])), []);
  }
});

Deno.test("a call may be cut where the answer is", () => {
  const cut = FAULTLESS.filter(({ delta }) =>
    (delta as Event | undefined)?.partial_json !== '"ls"}'
  ).map((event) =>
    event.type === "message_delta"
      ? { ...event, delta: { stop_reason: "max_tokens", stop_sequence: null } }
      : event
  );
  assertEquals(cut.length, FAULTLESS.length - 1);
  assertEquals(checkMessagesStream(streamOf(cut)), []);
});

for (const [fault, [events, says]] of Object.entries(FAULTS)) {
  Deno.test(`the checker finds ${fault}`, () => {
    const [first = ""] = checkMessagesStream(streamOf(events));
    assert(first.startsWith(says), `It says "${first}" and not "${says}"`);
  });
}

/** Frames that are wrong whatever their event says. */
const WRONG_FRAMES: Readonly<Record<string, readonly [frame: string, says: string]>> = {
  "a frame without a name": [
    'data: {"type":"ping"}\n\n',
    "event 2 (ping): its frame has no event name",
  ],
  "a frame of another name": [
    'event: message_stop\ndata: {"type":"ping"}\n\n',
    'event 2 (ping): its frame is named "message_stop"',
  ],
  "the end of another API": [
    "data: [DONE]\n\n",
    "event 2: its data is no JSON: [DONE]",
  ],
  "data without a type": [
    "event: ping\ndata: {}\n\n",
    'event 2 (undefined): its frame is named "ping"',
  ],
};

for (const [fault, [frame, says]] of Object.entries(WRONG_FRAMES)) {
  Deno.test(`the checker finds ${fault}`, () => {
    const frames = FAULTLESS.map(frameOf).toSpliced(1, 0, frame);
    assertEquals(checkMessagesStream(frames.join(""))[0], says);
  });
}

Deno.test("the checker finds a stream that ends within a frame", () => {
  const stream = streamOf(FAULTLESS);
  const says = "the stream ends within a frame";
  assertEquals(checkMessagesStream(stream.slice(0, -1))[0], says);
});

Deno.test("the checker finds bytes that are no UTF-8", () => {
  const bytes = new TextEncoder().encode(streamOf(FAULTLESS));
  const cut = bytes.findIndex((byte) => byte === 0xc3);
  assertEquals(checkMessagesStream(Uint8Array.from([...bytes].toSpliced(cut, 1))), [
    "the stream is no UTF-8",
  ]);
});

Deno.test({
  name: "recorded streams break no rule but those that are known to",
  ignore: !await exists(RECORDED),
  fn: async () => {
    const problems: Record<string, string> = {};
    for await (const { name } of Deno.readDir(RECORDED)) {
      if (name.endsWith(".json")) continue; // An error's body.
      const text = await Deno.readTextFile(new URL(name, RECORDED));
      const stream = name.endsWith(".jsonl") ? framesOf(text) : text;
      const [first] = checkMessagesStream(stream);
      if (first !== undefined) problems[name] = first;
    }
    assertEquals(problems, KNOWN_ODD);
  },
});

/** Where only the data was recorded, one line each. */
function framesOf(lines: string): string {
  return streamOf(lines.trim().split("\n").map((line) => JSON.parse(line)));
}

async function exists(url: URL): Promise<boolean> {
  try {
    await Deno.stat(url);
    return true;
  } catch {
    return false;
  }
}
