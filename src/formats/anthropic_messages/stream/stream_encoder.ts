/**
 * Writes a stream of Messages events.
 *
 * Strict clients want one block at a time, each begun once and ended once, so that a block that begins while
 * another is open waits for its end. The message ends in one `message_delta` with all that is known then, and
 * from event to event little changes, so the ends of deltas are kept as bytes.
 *
 * @module
 */

import type { ChatEvent, Part, Seal, ToolCallPart, Usage } from "../../../core/chat/chat.ts";
import type { Envelopes } from "../../../core/envelope.ts";
import type { EncodeOptions, StreamEncoder, StreamEnding } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonValue } from "../../../core/text/json.ts";
import { ByteWriter } from "../../../bytes/byte_writer.ts";
import { BlockWriter } from "./block_writer.ts";
import { errorEvent } from "../errors.ts";
import { sealWrapper, type WrapSeal } from "../sealing.ts";
import { PING_FRAME, writeFrame } from "./frames.ts";
import { messageStart } from "../answer/message_start.ts";
import { NAME } from "../name.ts";
import { beginBlock, sealBlock } from "../answer/new_block.ts";
import { encodeStopReason } from "../answer/stop_reason.ts";
import { encodeUsage } from "../answer/usage.ts";

/** What may wait for the end of an open block. */
const MAX_WAITING_CHARACTERS = 8 << 20;

/** More than the format has fields beside the blocks of a message. */
const MAX_NATIVES = 64;

type BlockEvent = Extract<ChatEvent, { readonly block: number }>;

/** Encodes one stream; create one per response. */
export class MessagesStreamEncoder implements StreamEncoder {
  readonly #options: EncodeOptions;
  readonly #wrap: WrapSeal;
  readonly #writer = new ByteWriter();
  #start: Extract<ChatEvent, { readonly type: "start" }> | undefined;
  #finish: Extract<ChatEvent, { readonly type: "finish" }> | undefined;
  #usage: Usage | undefined;
  /** What else is said in the words of this format. */
  readonly #natives = new Map<string, JsonValue>();
  #hasStarted = false;
  #hasToolCalls = false;
  #hasRefusal = false;
  /** The block that is being written, by its neutral number. */
  #open: number | undefined;
  #block: BlockWriter | undefined;
  /** The same where it is a call, and what came to seal it when it had begun. */
  #call: { readonly part: ToolCallPart; readonly block: number } | undefined;
  #lateSeal: Seal | undefined;
  /** Blocks written so far. */
  #index = 0;
  /** What came of blocks that began while another was open, in the order in which they began. */
  readonly #waiting = new Map<number, BlockEvent[]>();
  #waitingCharacters = 0;

  constructor(options: EncodeOptions, envelopes?: Envelopes) {
    this.#options = options;
    this.#wrap = sealWrapper(envelopes, options.servedBy);
  }

  encode(events: readonly ChatEvent[]): Uint8Array<ArrayBuffer> {
    for (const event of events) {
      if (event.type === "block_delta" && event.block === this.#open) {
        this.#block?.text(event.text);
      } else this.#take(event);
    }
    return this.#writer.take();
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "failed") {
      const body = { ...errorEvent(ending.error), request_id: this.#options.id };
      writeFrame(this.#writer, "error", body);
      return this.#writer.take();
    }
    this.#endAll();
    this.#startMessage();
    const { container, ...others } = Object.fromEntries(this.#natives);
    const content = { hasToolCalls: this.#hasToolCalls, hasRefusal: this.#hasRefusal };
    writeFrame(this.#writer, "message_delta", {
      type: "message_delta",
      delta: {
        ...encodeStopReason(this.#finish, content),
        ...(container !== undefined && { container }),
      },
      ...others,
      usage: encodeUsage(this.#usage),
    });
    writeFrame(this.#writer, "message_stop", { type: "message_stop" });
    return this.#writer.take();
  }

  /** A comment would do for the connection, but clients time the silence between events. */
  keepAlive(): Uint8Array<ArrayBuffer> {
    this.#writer.writeBytes(PING_FRAME);
    return this.#writer.take();
  }

  #take(event: ChatEvent): void {
    // A client of this format asks for one choice, so that others have nowhere to go.
    if ("choice" in event && event.choice !== 0) return;
    switch (event.type) {
      case "start":
        this.#start ??= event;
        break;
      case "block_start":
        if (this.#open === undefined) this.#begin(event);
        else this.#wait(event);
        break;
      case "block_delta":
      case "block_seal":
      case "block_citation":
      case "block_end":
        if (event.block === this.#open) this.#write(event);
        else if (this.#waiting.has(event.block)) this.#wait(event);
        break;
      case "native":
        if (event.format === NAME && this.#natives.size < MAX_NATIVES) {
          this.#natives.set(event.name, event.value);
        }
        break;
      case "finish":
        this.#finish = event;
        this.#endAll();
        break;
      case "usage":
        this.#usage = event.usage;
        break;
      case "logprobs": // The format has no place for them.
      case "fault": // How the stream ends is for `close` to write.
      case "end":
        break;
    }
  }

  #begin({ block, part }: Extract<BlockEvent, { readonly type: "block_start" }>): void {
    const begun = beginBlock(part, this.#options.id, block, this.#wrap);
    this.#open = block;
    if (begun === undefined) return;
    this.#startMessage();
    this.#call = part.type === "tool_call" ? { part, block } : undefined;
    this.#writeSeal(part, block);
    this.#hasToolCalls ||= begun.delta === "input";
    this.#hasRefusal ||= part.type === "refusal";
    this.#block = new BlockWriter(this.#writer, this.#index, begun);
  }

  #write(event: BlockEvent): void {
    switch (event.type) {
      case "block_delta":
        this.#block?.text(event.text);
        break;
      case "block_seal":
        this.#block?.seal(event.seal);
        if (this.#call !== undefined) this.#lateSeal = event.seal;
        break;
      case "block_citation":
        this.#block?.citation(event.citation);
        break;
      case "block_end":
        this.#endBlock();
        this.#writeWaiting();
        break;
    }
  }

  #endBlock(): void {
    if (this.#block?.end() === true) this.#index++;
    if (this.#call !== undefined && this.#lateSeal !== undefined) {
      const { part, block } = this.#call;
      this.#writeSeal({ ...part, seal: this.#lateSeal }, block);
    }
    this.#block = undefined;
    this.#open = undefined;
    this.#call = undefined;
    this.#lateSeal = undefined;
  }

  /** What others have sealed a call with, as a block by itself. */
  #writeSeal(part: Part, block: number): void {
    const sealed = sealBlock(part, this.#options.id, block, this.#wrap);
    if (sealed === undefined) return;
    new BlockWriter(this.#writer, this.#index, sealed).end();
    this.#index++;
  }

  /** Writes the blocks that waited, up to the first that has not ended. */
  #writeWaiting(): void {
    while (this.#open === undefined) {
      const [next] = this.#waiting;
      if (next === undefined) {
        this.#waitingCharacters = 0;
        return;
      }
      const [block, events] = next;
      this.#waiting.delete(block);
      for (const event of events) {
        if (event.type === "block_start") this.#begin(event);
        else if (event.type === "block_end") this.#endBlock();
        else this.#write(event);
      }
    }
  }

  /** Whoever finishes without ending its blocks has ended them. */
  #endAll(): void {
    while (this.#open !== undefined) {
      this.#endBlock();
      this.#writeWaiting();
    }
  }

  #wait(event: BlockEvent): void {
    const events = this.#waiting.get(event.block);
    if (events === undefined) this.#waiting.set(event.block, [event]);
    else events.push(event);
    this.#waitingCharacters += 64 + (event.type === "block_delta" ? event.text.length : 0);
    if (this.#waitingCharacters > MAX_WAITING_CHARACTERS) throw tooMuchAtOnce();
  }

  #startMessage(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    writeFrame(this.#writer, "message_start", {
      type: "message_start",
      message: {
        ...messageStart(this.#start, this.#options),
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: encodeUsage(this.#usage),
      },
    });
  }
}

function tooMuchAtOnce(): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    "The provider wrote too many parts of its answer at once: they cannot be put in order",
  );
}
