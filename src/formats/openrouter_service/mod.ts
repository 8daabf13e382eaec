/**
 * What clients of the OpenRouter service speak: OpenAI's chat completions, with errors of its own form
 * where no answer has begun.
 *
 * It keeps OpenAI's name, so that answers of upstreams of that dialect are relayed as they come.
 *
 * @module
 */

import type { ClientDialect } from "../../core/dialect.ts";
import { openaiChat } from "../openai_chat/mod.ts";
import { encodeError, statusOf } from "./errors.ts";

export const openrouterService: ClientDialect = { ...openaiChat, encodeError, statusOf };
