/** Reads server-sent events from a whole stream; for the checker alone, which trusts no other reader. */

export interface Frame {
  /** `undefined` where the frame has no `event:` line. */
  readonly event: string | undefined;
  readonly data: string;
}

export interface Frames {
  readonly frames: readonly Frame[];
  /** What stands after the last empty line. */
  readonly unfinished: string;
}

/** Throws for bytes that are no UTF-8. */
export function readFrames(stream: Uint8Array | string): Frames {
  const text = typeof stream === "string"
    ? stream
    : new TextDecoder("utf-8", { fatal: true }).decode(stream);
  const blocks = text.replaceAll(/\r\n?/g, "\n").split("\n\n");
  const unfinished = blocks.pop() ?? "";
  const frames = blocks.map(readFrame).filter((frame) => frame !== undefined);
  return { frames, unfinished: unfinished.trim() };
}

/** `undefined` for a frame of comments alone. */
function readFrame(block: string): Frame | undefined {
  let event: string | undefined;
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, name, value = ""] = /^(event|data):? ?(.*)$/.exec(line) ?? [];
    if (name === "event") event = value;
    if (name === "data") data.push(value);
  }
  return event === undefined && data.length === 0 ? undefined : { event, data: data.join("\n") };
}
