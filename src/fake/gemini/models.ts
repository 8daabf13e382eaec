/** `GET /models` and `GET /models/:id` for clients of Google's API. */

import { GatewayError } from "../../core/gateway_error.ts";
import { MODEL_IDS } from "../models.ts";
import { refusal } from "./request.ts";

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;

const MODELS = MODEL_IDS.map((id) => ({
  name: `models/${id}`,
  version: "001",
  displayName: `Fake: ${id}`,
  description: "Says hello world",
  inputTokenLimit: 200_000,
  outputTokenLimit: 64_000,
  supportedGenerationMethods: [
    "generateContent",
    "streamGenerateContent",
    "countTokens",
    "embedContent",
  ],
  temperature: 1,
  maxTemperature: 2,
  topP: 0.95,
  topK: 64,
  thinking: true,
}));

/** A page of the list, as JSON text. Throws `GatewayError` `invalid_request`. */
export function modelsPage(query: URLSearchParams): string {
  const size = Number(query.get("pageSize") ?? DEFAULT_PAGE_SIZE);
  const start = Number(query.get("pageToken") ?? 0);
  if (!Number.isInteger(size) || size < 0) throw refusal("* pageSize: must be a whole number");
  if (!Number.isInteger(start) || start < 0) throw refusal("* pageToken: is not valid");
  const end = start + Math.min(size || DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
  return JSON.stringify({
    models: MODELS.slice(start, end),
    ...(end < MODELS.length && { nextPageToken: String(end) }),
  });
}

/** One model, as JSON text. Throws `GatewayError` `not_found`. */
export function modelText(id: string): string {
  const model = MODELS.find(({ name }) => name === `models/${id}`);
  if (model !== undefined) return JSON.stringify(model);
  throw new GatewayError("not_found", `models/${id} is not found for API version v1beta`);
}
