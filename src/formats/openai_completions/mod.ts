/**
 * OpenAI's legacy completions. They are never translated: what of a chat's format is not theirs is never
 * used.
 *
 * @see {@link https://platform.openai.com/docs/api-reference/completions}
 * @module
 */

import type { StreamEncoder, WireFormat } from "../../core/format.ts";
import { DONE_EVENT, encodeSseData } from "../../framing/sse_encoder.ts";
import { openaiChat } from "../openai_chat/mod.ts";
import { OpenaiChatStreamObserver } from "../openai_chat/stream/stream_observer.ts";

const NAME = "openai_completions";
const NOTHING = new Uint8Array(0);
const utf8 = new TextEncoder();

/** The format of completions. */
export const openaiCompletions: WireFormat = {
  ...openaiChat,
  name: NAME,
  errorName: openaiChat.error.name,
  request: { ...openaiChat.request, name: NAME },
  answer: {
    ...openaiChat.answer,
    name: NAME,
    wholeAsStream: (whole) => utf8.encode(encodeSseData(new TextDecoder().decode(whole))),
    streamEncoder: (options) => endWriter(openaiChat.answer.streamEncoder(options)),
    streamObserver: (options) => new CompletionsObserver(options),
  },
};

/** A chunk is a chat's, so that a sign of life is always a comment. */
class CompletionsObserver extends OpenaiChatStreamObserver {
  override keepAlive(): Uint8Array<ArrayBuffer> {
    return super.keepAlive("comment");
  }
}

/** Writes how a stream ends: its events are `wholeAsStream`'s. */
function endWriter(chat: StreamEncoder): StreamEncoder {
  return {
    encode: () => NOTHING,
    close: (ending) => ending.kind === "complete" ? utf8.encode(DONE_EVENT) : chat.close(ending),
    keepAlive: () => chat.keepAlive("comment"),
  };
}
