/**
 * A stand-in for chatjimmy.ai: text with statistics at its end, split where it hurts.
 *
 * The last message chooses the scene: `[500 once]` for a server that fails the first time,
 * `[stats only]` for a prompt that fills the context, `[empty]` for an answer without text,
 * `[failed with 200]` for an error that has the status of an answer. More than 20,000 characters in all are answered
 * with no byte at all.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../../../src/core/text/json.ts";
import { inPieces, lastText, serveStandIn, type StandIn } from "./stand_in.ts";

/** What every question is answered with: characters of one to four bytes. */
export const CHATJIMMY_TEXT = "Grüße, 世界 🌍: a < b and <| is no marker";

const MAX_CHARACTERS = 20_000;
/** Characters of 3 and 4 bytes, and both markers, are cut by this. */
const PIECE_BYTES = 5;

const STATS = {
  created_at: 1_790_000_000.25,
  done: true,
  done_reason: "stop",
  total_duration: 0.0071,
  logprobs: null,
  topk: 8,
  ttft: 0.0013,
  reason: "termination token 128009/<|eot_id|> detected",
  status: 0,
  prefill_tokens: 18,
  prefill_rate: 15_000.5,
  decode_tokens: 9,
  decode_rate: 14_600.25,
  total_tokens: 27,
  total_time: 0.0042,
  roundtrip_time: 15,
};

export function startChatjimmy(): StandIn {
  let failures = 0;
  return serveStandIn(({ method, path, json }) => {
    if (method === "GET" && path === "/api/models") {
      const model = { id: "llama3.1-8B", object: "model", created: 0, owned_by: "Taalas Inc." };
      return Response.json({ object: "list", data: [model] });
    }
    if (method === "GET" && path === "/api/health") {
      return Response.json({ status: "ok", nextjs: "healthy", backend: "healthy" });
    }
    if (method !== "POST" || path !== "/api/chat") return refuse(404, "Not found");
    if (lastText(json) === "[500 once]" && failures++ === 0) {
      return refuse(500, "Internal server error");
    }
    return chat(json);
  });
}

function refuse(status: number, error: string): Response {
  return Response.json({ success: false, error }, { status });
}

function chat(body: JsonObject): Response {
  const { messages, chatOptions } = body;
  const options = isJsonObject(chatOptions) ? chatOptions : {};
  if (typeof options.selectedModel !== "string") return refuse(400, "Selected model is required");
  if (!Array.isArray(messages) || messages.length === 0) return refuse(500, "No messages");
  if (Number(options.topK ?? 8) >= 16) return refuse(500, "Internal server error");
  if (JSON.stringify(messages).length > MAX_CHARACTERS) return answer("");
  switch (lastText(body)) {
    case "[stats only]":
      return answer(stats({ reason: "max context limit 6144 reached" }));
    case "[empty]":
      return answer(stats({}));
    case "[failed with 200]":
      return refuse(200, "It failed");
    default:
      return answer(`${CHATJIMMY_TEXT}\n${stats({})}`);
  }
}

function stats(rest: JsonObject): string {
  return `<|stats|>${JSON.stringify({ ...STATS, ...rest })}<|/stats|>`;
}

/** It calls this an event stream, which it is not. */
function answer(text: string): Response {
  const bytes = new TextEncoder().encode(text);
  const pieces = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    pieces.push(bytes.subarray(at, at + PIECE_BYTES));
  }
  return inPieces(pieces, { "content-type": "text/event-stream" });
}
