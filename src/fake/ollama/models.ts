/** What Ollama tells of itself and of its models. */

import { GatewayError } from "../../core/gateway_error.ts";
import type { FakeOptions } from "../options.ts";
import { MODEL_IDS } from "../models.ts";
import { readText } from "../read_body.ts";
import { wholeReply } from "../reply.ts";
import { CREATED_AT, OLLAMA } from "./api.ts";
import { namedRequest, parseRequest } from "./request.ts";

const DETAILS = {
  parent_model: "",
  format: "gguf",
  family: "fake",
  families: ["fake"],
  parameter_size: "1.0B",
  quantization_level: "Q4_K_M",
};
const CAPABILITIES = ["completion", "tools", "vision", "thinking"];
const CONTEXT_TOKENS = 131_072;

const TAGS = JSON.stringify({
  models: MODEL_IDS.map((id, index) => ({
    name: id,
    model: id,
    modified_at: CREATED_AT,
    size: 1_000_000_000,
    digest: String(index + 1).padStart(64, "0"),
    details: { ...DETAILS, context_length: CONTEXT_TOKENS },
    capabilities: CAPABILITIES,
  })),
});

const TEXT_HEAD = { status: 200, headers: { "content-type": "text/plain; charset=utf-8" } };

export function running(options: FakeOptions): Response {
  return wholeReply("Ollama is running", OLLAMA, options, TEXT_HEAD);
}

export function version(options: FakeOptions): Response {
  return wholeReply(`{"version":"0.14.0"}`, OLLAMA, options);
}

export function tags(options: FakeOptions): Response {
  return wholeReply(TAGS, OLLAMA, options);
}

export function loaded(options: FakeOptions): Response {
  return wholeReply(`{"models":[]}`, OLLAMA, options);
}

/** One model. Throws `GatewayError` `not_found`. */
export async function show(request: Request, options: FakeOptions): Promise<Response> {
  const body = parseRequest(namedRequest, await readText(request, options.maxBodyBytes));
  const id = body.model ?? body.name ?? "";
  if (!MODEL_IDS.includes(id)) throw new GatewayError("not_found", `model '${id}' not found`);
  const text = JSON.stringify({
    modelfile: "",
    parameters: "",
    template: "{{ .Prompt }}",
    details: DETAILS,
    model_info: {
      "general.architecture": DETAILS.family,
      "general.basename": id,
      [`${DETAILS.family}.context_length`]: CONTEXT_TOKENS,
    },
    capabilities: CAPABILITIES,
    modified_at: CREATED_AT,
  });
  return wholeReply(text, OLLAMA, options);
}
