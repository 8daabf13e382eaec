/**
 * How the OpenRouter service tells its clients that no answer has begun; what they send and read are OpenAI's
 * chat completions.
 *
 * @module
 */

import type { ErrorFormat } from "../../core/format.ts";
import { encodeError, statusOf } from "./errors.ts";

export const openrouterService: ErrorFormat = {
  name: "openrouter_service",
  encode: encodeError,
  statusOf,
};
