import type { PacedApi } from "./api.ts";
import { chat } from "./chat.ts";
import { burstWire, expectRequest, pacedAnswer } from "./wire.ts";

const STATS = JSON.stringify({
  done: true,
  done_reason: "stop",
  decode_tokens: 9,
  prefill_tokens: 9,
});
const streamed = {
  pieceWith: (text: string) => text,
  ending: [`<|stats|>${STATS}<|/stats|>`],
};

/** Pieces of text and no events, as chatjimmy.ai answers to what clients of a chat ask. */
export const text: PacedApi = {
  ...chat,
  name: "text",
  title: "text",
  // Its own request from Weir, that for a chat from all others.
  checkRequest: (path, body) => expectRequest(path, body, /\/chat(\/completions)?$/, ["messages"]),
  burst: {
    wire: burstWire(streamed),
    // Weir makes events of it, which hold several pieces; the others hand it on.
    check(answer) {
      if (!answer.includes("xxx")) throw new Error("There is no text");
      if (!/<\|\/stats\|>$|data: \[DONE\]\n\n$/.test(answer)) throw new Error("There is no end");
    },
  },
  paced: pacedAnswer(streamed),
};
