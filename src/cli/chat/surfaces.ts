/** The APIs that `weir chat` speaks: each is a format and where it is asked. */

import type { ProviderFormat } from "../../core/format.ts";
import type { HeaderList } from "../../core/provider/transport.ts";
import { anthropicMessages } from "../../formats/anthropic_messages/mod.ts";
import { gemini } from "../../formats/gemini/mod.ts";
import { openaiChat } from "../../formats/openai_chat/mod.ts";
import { openaiResponses } from "../../formats/openai_responses/mod.ts";
import type { SurfaceName } from "./surface_names.ts";

export interface ChatSurface {
  readonly format: ProviderFormat;
  readonly pathOf: (model: string) => string;
  readonly headers?: HeaderList;
}

export const CHAT_SURFACES: Readonly<Record<SurfaceName, ChatSurface>> = {
  chat: { format: openaiChat, pathOf: () => "/v1/chat/completions" },
  messages: {
    format: anthropicMessages,
    pathOf: () => "/v1/messages",
    headers: [["anthropic-version", "2023-06-01"]],
  },
  responses: { format: openaiResponses, pathOf: () => "/v1/responses" },
  gemini: {
    format: gemini,
    pathOf: (model) => `/v1beta/models/${encodeURI(model)}:streamGenerateContent?alt=sse`,
  },
};
