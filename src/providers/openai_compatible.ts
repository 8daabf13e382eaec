/** Anything else that speaks OpenAI's API: vLLM, llama.cpp, LM Studio, Ollama, Groq, DeepSeek. */

import * as z from "zod";
import { SECRET } from "../core/text/secret.ts";
import { openaiChat } from "../formats/openai_chat/mod.ts";
import { keySettingOf, keyText, toolsOption, webAddress } from "./account_options.ts";
import { openaiStyle } from "./openai_style.ts";
import type { ProviderKind } from "./provider_kind.ts";
import { formatsOf, formatsOption } from "./spoken_formats.ts";

const providerOptions = z.strictObject({
  baseUrl: webAddress.describe("Address of an OpenAI-compatible API; adds the upstream `<name>`."),
  apiKey: keyText.optional().meta(SECRET).describe("Its key, where it needs one."),
  streamUsage: z.enum(["on", "off"]).default("on").describe(
    "Whether its streams may be asked for their usage; `off` for servers that refuse `stream_options`.",
  ),
  formats: formatsOption(["chat"]),
  tools: toolsOption,
});

const options = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
    error: "must be small letters, digits, - and _, 64 at the most",
  }),
  providerOptions,
).default({}).describe("Upstreams that speak OpenAI's API, each under a name of your own.");

/** Any number of upstreams, each under the name that it is given. */
export const openaiCompatible: ProviderKind<typeof options> = {
  options,
  variables: [
    ["UPSTREAM_<NAME>_BASE_URL", "*.baseUrl"],
    ["UPSTREAM_<NAME>_API_KEY", "*.apiKey"],
    ["UPSTREAM_<NAME>_STREAM_USAGE", "*.streamUsage"],
    ["UPSTREAM_<NAME>_FORMATS", "*.formats", "list"],
    ["UPSTREAM_<NAME>_TOOLS", "*.tools"],
  ],
  // In the order in which they are named: the configuration's file is read from its top to its bottom.
  create: (options) =>
    Object.entries(options).map(([name, { baseUrl, apiKey, streamUsage, formats, tools }]) => ({
      ...openaiStyle({
        name,
        baseUrl,
        apiKey,
        chat: formatsOf(formats, openaiChat),
        reason: `UPSTREAM_${name.toUpperCase()}_BASE_URL is set`,
        keySetting: keySettingOf(
          `UPSTREAM_${name.toUpperCase()}`,
          `upstreams.compatible.${name}`,
        ),
      }),
      acceptsStreamUsage: streamUsage === "on",
      emulatesTools: tools === "emulate",
    })),
};
