/** Reasoning and settings, as Bedrock's Converse takes them for a model of Amazon's. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { onlyOf } from "../feature.ts";
import type { Pattern } from "../pattern.ts";
import type { REASONING } from "../requests/reasoning.ts";
import type { SETTINGS } from "../requests/settings.ts";
import type { Overlay, Overlays } from "../responses/overlay.ts";

const ONLY = onlyOf("bedrock_converse");

const near = (how: string, pattern: Pattern): Overlay => ({ near: { [how]: pattern } });

const wish = (maxReasoningEffort: string): Readonly<Record<string, Pattern>> => ({
  additionalModelRequestFields: { reasoningConfig: { type: "enabled", maxReasoningEffort } },
});
const effort = (word: string): Overlay => ({ carried: wish(word) });
const AS_EFFORT = near("as an effort", wish("low"));

export const CONVERSE_REASONING: Overlays<keyof typeof REASONING> = {
  "an effort": effort("high"),
  "an effort, older Claude": effort("low"),
  "an effort that the model has no word for": near("the nearest", wish("low")),
  "an effort, a Claude that does not reason": effort("high"),
  "an effort that a message sets": near("for the whole answer", wish("low")),
  "a number of tokens to reason with": AS_EFFORT,
  "a number of tokens to reason with, newest Claude": AS_EFFORT,
  "as much reasoning as the model wants": near("a middle effort", wish("medium")),
  "no reasoning": near("what the API does by itself", { additionalModelRequestFields: null }),
  "reasoning that is not shown": near("it is seen", wish("high")),
  "reasoning that is not shown, older Claude": near("it is seen, and as an effort", wish("low")),
  "an effort where a tool must be called": {
    carried: { ...wish("high"), toolConfig: { toolChoice: { any: {} } } },
  },
};

const config = (inferenceConfig: JsonObject): Overlay => ({ words: { inferenceConfig } });
const more = (additionalModelRequestFields: JsonObject): Overlay => ({
  words: { additionalModelRequestFields },
});
const BY_ITSELF = "what the API does by itself";
const asked = near("asked for in the system prompt", { system: [{ text: /JSON object/ }] });
const bySchema: Overlay = {
  words: { outputConfig: { textFormat: { type: "json_schema" } } },
  ...near("asked for in the system prompt", { system: [{ text: /follow this schema/ }] }),
};

export const CONVERSE_SETTINGS: Overlays<keyof typeof SETTINGS> = {
  "bound of the output": config({ maxTokens: 99 }),
  "bound of the output, as of old": config({ maxTokens: 99 }),
  "no bound of the output": { carried: { inferenceConfig: null } },
  "stop sequences": config({ stopSequences: ["END", "STOP"] }),
  "one stop sequence": config({ stopSequences: ["END"] }),
  "stop sequence of nothing but space": config({ stopSequences: ["\n\n"] }),
  "`temperature`": config({ temperature: 0.5 }),
  "`temperature`, newest Claude": config({ temperature: 0.5 }),
  "`temperature` beyond 1": near("as 1, the most it takes", {
    inferenceConfig: { temperature: 1 },
  }),
  "`temperature` while the model reasons": {
    carried: { inferenceConfig: { temperature: 0.5 }, ...wish("low") },
  },
  "`top_p`": config({ topP: 0.9 }),
  "`temperature` and `top_p`": config({ temperature: 0.5, topP: 0.9 }),
  "`temperature` and `top_p`, oldest Claude": config({ temperature: 0.5, topP: 0.9 }),
  "`top_k`": more({ inferenceConfig: { topK: 5 } }),
  "`top_k` beyond 8": more({ inferenceConfig: { topK: 40 } }),
  "`n` of 1": near(BY_ITSELF, { inferenceConfig: null }),
  "answer as text": near(BY_ITSELF, { outputConfig: null }),
  "answer as JSON": asked,
  "answer by a schema": bySchema,
  "name, description and `strict` of a schema": near(
    "the schema alone, in the system prompt",
    { system: [{ text: /follow this schema/ }] },
  ),
  "answer by a schema, oldest Claude": bySchema,
  "`metadata`": { words: { requestMetadata: { team: ONLY } } },
  "a stream": near("in the address", { stream: null }),
  "`stream_options`": near("Weir itself does as they say", { stream_options: null }),
  "`service_tier`": { words: { serviceTier: { type: ONLY } } },
};
