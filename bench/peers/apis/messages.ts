import type { Api } from "./api.ts";
import { burstAnswer, dataIn, expectRequest, namedEvent, promptOf, wholeAnswer } from "./wire.ts";

const MODEL = "claude-sonnet-4-5";
const ENVELOPE = { id: "msg_bench", type: "message", role: "assistant", model: MODEL };
const USAGE = { input_tokens: 100, output_tokens: 60 };

function messageWith(content: readonly unknown[], stopReason: string | null): unknown {
  return { ...ENVELOPE, content, stop_reason: stopReason, stop_sequence: null, usage: USAGE };
}

const streamed = {
  opening: [
    { type: "message_start", message: messageWith([], null) },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "ping" },
  ].map(namedEvent),
  pieceWith(text: string) {
    const delta = { type: "text_delta", text };
    return namedEvent({ type: "content_block_delta", index: 0, delta });
  },
  ending: [
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: USAGE,
    },
    { type: "message_stop" },
  ].map(namedEvent),
};

/** Messages of Anthropic. */
export const messages: Api = {
  name: "messages",
  title: "Messages",
  model: MODEL,
  headers: [["anthropic-version", "2023-06-01"]],
  path: () => "/v1/messages",
  body({ model, promptBytes, isStream }) {
    const messages = [{ role: "user", content: promptOf(promptBytes) }];
    return JSON.stringify({ model, max_tokens: 1_000, stream: isStream, messages });
  },
  checkRequest: (path, body) =>
    expectRequest(path, body, /\/v1\/messages$/, ["messages", "max_tokens"]),
  whole: wholeAnswer(
    (text) => messageWith([{ type: "text", text }], "end_turn"),
    (body) => JSON.parse(body).content.find((part: { type: string }) => part.type === "text").text,
  ),
  burst: burstAnswer(streamed, {
    textIn: (line) => dataIn(line)?.delta?.text,
    end: /"type": ?"message_stop".*\n\n$/,
  }),
};
