/**
 * Requests for a text, `/api/generate`, read as chats of one turn.
 *
 * @module
 */

import type { ChatRequest, Message } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { optionalText } from "../../request_fields.ts";
import { decodeImages } from "./decode_images.ts";
import { decodeSettings } from "./decode_settings.ts";

/** Reads a request. Throws `GatewayError` `invalid_request` naming the field at fault. */
export function decodeGenerate(body: JsonObject): ChatRequest {
  const { natives, ...settings } = decodeSettings(body, ["prompt", "system", "suffix", "images"]);
  if (optionalText(body["suffix"], "suffix")) {
    // What is asked for is what comes between, and no chat says that.
    const message = `"${settings.model}" does not support insert: leave "suffix" out`;
    throw new GatewayError("invalid_request", message, { param: "suffix" });
  }
  const system = optionalText(body["system"], "system") ?? "";
  const prompt = optionalText(body["prompt"], "prompt") ?? "";
  const messages: Message[] = [
    ...(system === ""
      ? []
      : [{ role: "system", parts: [{ type: "text", text: system }] } as const]),
    {
      role: "user",
      parts: [{ type: "text", text: prompt }, ...decodeImages(body["images"], "images")],
    },
  ];
  return { ...settings, messages, natives };
}
