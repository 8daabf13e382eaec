/** Which of the tokens are sounds or images, in OpenAI's words, for those who charge them apart. */

import type { Usage } from "../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";
import { countOf } from "./counts.ts";

type MediaCounts = Pick<
  Usage,
  | "audioInputTokens"
  | "imageInputTokens"
  | "cachedAudioInputTokens"
  | "cachedImageInputTokens"
  | "audioOutputTokens"
  | "imageOutputTokens"
>;

/** @param input The object with the details of the prompt, @param output that of the answer. */
export function mediaCounts(input: JsonObject, output: JsonObject): MediaCounts {
  // Almost all calls are of texts, and say so with zeros or not at all.
  const audio = someOf(input["audio_tokens"]);
  const image = someOf(input["image_tokens"]);
  const outputAudio = someOf(output["audio_tokens"]);
  const outputImage = someOf(output["image_tokens"]);
  const cached = input["cached_tokens_details"];
  const details = isJsonObject(cached) ? cached : {};
  const cachedAudio = countOf(details["audio_tokens"]);
  const cachedImage = countOf(details["image_tokens"]);
  return {
    ...(audio !== undefined && { audioInputTokens: audio }),
    ...(image !== undefined && { imageInputTokens: image }),
    ...(cachedAudio !== undefined && { cachedAudioInputTokens: cachedAudio }),
    ...(cachedImage !== undefined && { cachedImageInputTokens: cachedImage }),
    ...(outputAudio !== undefined && { audioOutputTokens: outputAudio }),
    ...(outputImage !== undefined && { imageOutputTokens: outputImage }),
  };
}

function someOf(value: JsonValue | undefined): number | undefined {
  const count = countOf(value);
  return count === 0 ? undefined : count;
}
