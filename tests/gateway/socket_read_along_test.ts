import { assertAlmostEquals, assertEquals } from "@std/assert";
import { handedFormat } from "../../src/formats/hand_through/mod.ts";
import { SocketReadAlong } from "../../src/gateway/hand_through/socket_read_along.ts";
import { modelPrice } from "../../src/ledger/prices/price_function.ts";

/** As OpenAI's realtime API tells it, whose names have no plural. */
const DONE = {
  type: "response.done",
  response: {
    object: "realtime.response",
    usage: {
      total_tokens: 253,
      input_tokens: 132,
      output_tokens: 121,
      input_token_details: {
        text_tokens: 119,
        audio_tokens: 13,
        image_tokens: 0,
        cached_tokens: 64,
        cached_tokens_details: { text_tokens: 60, audio_tokens: 4, image_tokens: 0 },
      },
      output_token_details: { text_tokens: 30, audio_tokens: 91 },
    },
  },
};

Deno.test("the answers of a socket are charged together, sounds at their own price", () => {
  const along = new SocketReadAlong(handedFormat("/realtime"));
  for (let answer = 0; answer < 2; answer++) {
    along.note(new TextEncoder().encode(JSON.stringify(DONE)));
  }
  assertEquals(along.usage, {
    inputTokens: 264,
    outputTokens: 242,
    totalTokens: 506,
    cachedInputTokens: 128,
    audioInputTokens: 26,
    cachedAudioInputTokens: 8,
    cachedImageInputTokens: 0,
    audioOutputTokens: 182,
  });
  const price = modelPrice({
    input_mtok: 4,
    output_mtok: 16,
    cache_read_mtok: 0.4,
    input_audio_mtok: 32,
    cache_audio_read_mtok: 0.5,
    output_audio_mtok: 64,
  });
  const sum = 118 * 4 + 60 * 16 + 120 * 0.4 + 18 * 32 + 8 * 0.5 + 182 * 64;
  assertAlmostEquals(price.usdOf(along.usage ?? NONE) ?? NaN, sum / 1e6, 1e-15);
});

const NONE = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
