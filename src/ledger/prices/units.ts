/**
 * What a provider counts when it charges for a request, and what is more special than what.
 *
 * A count contains those that are more special: cached tokens are part of the prompt's, cached sounds are part of
 * both the cached tokens and the sounds. What has a price of its own is charged at that, and the rest of what
 * contains it at the wider price. Names and rules are those of `@pydantic/genai-prices`, whose prices are used.
 *
 * @module
 */

import type { Usage } from "../../core/chat/chat.ts";

/** The words that describe each unit; one that has all the words of another is a part of it. */
const UNITS = {
  input_mtok: "input",
  output_mtok: "output",
  cache_read_mtok: "input read",
  cache_write_mtok: "input write",
  cache_write_1h_mtok: "input write hour",
  input_audio_mtok: "input audio",
  input_image_mtok: "input image",
  input_video_mtok: "input video",
  cache_audio_read_mtok: "input read audio",
  cache_image_read_mtok: "input read image",
  output_audio_mtok: "output audio",
  output_image_mtok: "output image",
  output_reasoning_mtok: "output reasoning",
  web_searches_kcount: "search",
  requests_kcount: "request",
} as const satisfies Readonly<Record<string, string>>;

export type UnitName = keyof typeof UNITS;

export type Counts = Readonly<Record<UnitName, number>>;

export function isUnitName(name: string): name is UnitName {
  return Object.hasOwn(UNITS, name);
}

/** How many of a unit a price is for. */
export function unitsPerPrice(name: UnitName): number {
  return name.endsWith("_kcount") ? 1_000 : 1_000_000;
}

export function directionOf(name: UnitName): "input" | "output" | "other" {
  const [direction] = UNITS[name].split(" ");
  return direction === "input" || direction === "output" ? direction : "other";
}

export function isPartOf(name: UnitName, wider: UnitName): boolean {
  const words = UNITS[name].split(" ");
  return name !== wider && UNITS[wider].split(" ").every((word) => words.includes(word));
}

/** How special a unit is. */
export function depthOf(name: UnitName): number {
  return UNITS[name].split(" ").length;
}

/** No part is more than what contains it, whatever the provider has counted. */
export function countsOf(usage: Usage): Counts {
  const input = usage.inputTokens;
  const output = usage.outputTokens;
  const cached = Math.min(usage.cachedInputTokens ?? 0, input);
  const written = Math.min(usage.cacheWriteInputTokens ?? 0, input - cached);
  const audio = Math.min(usage.audioInputTokens ?? 0, input);
  const image = Math.min(usage.imageInputTokens ?? 0, input - audio);
  const video = Math.min(usage.videoInputTokens ?? 0, input - audio - image);
  // Where a provider does not say what was cached, it was text as far as there is any.
  const overlap = Math.max(0, cached + written + audio + image + video - input);
  const cachedAudio = Math.min(usage.cachedAudioInputTokens ?? overlap, audio, cached);
  const cachedImage = Math.min(
    usage.cachedImageInputTokens ?? Math.max(0, overlap - cachedAudio),
    image,
    cached - cachedAudio,
  );
  const outputAudio = Math.min(usage.audioOutputTokens ?? 0, output);
  const outputImage = Math.min(usage.imageOutputTokens ?? 0, output - outputAudio);
  return {
    input_mtok: input,
    output_mtok: output,
    cache_read_mtok: cached,
    cache_write_mtok: written,
    cache_write_1h_mtok: Math.min(usage.cacheWriteHourInputTokens ?? 0, written),
    input_audio_mtok: audio,
    input_image_mtok: image,
    input_video_mtok: video,
    cache_audio_read_mtok: cachedAudio,
    cache_image_read_mtok: cachedImage,
    output_audio_mtok: outputAudio,
    output_image_mtok: outputImage,
    output_reasoning_mtok: Math.min(
      usage.reasoningOutputTokens ?? 0,
      output - outputAudio - outputImage,
    ),
    web_searches_kcount: usage.webSearches ?? 0,
    requests_kcount: 1,
  };
}
