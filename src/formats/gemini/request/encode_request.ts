/**
 * Requests, written for a provider of this format, without the model and whether to stream: both stand in the
 * address.
 *
 * What the format has no word for is left out with a warning that names it; what would make another question
 * of it is refused.
 *
 * @module
 */

import type { ChatRequest } from "../../../core/chat/chat.ts";
import type { EncodedRequest } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { encodeConfig } from "./encode_config.ts";
import { ContentsWriter } from "./encode_contents.ts";
import { encodeTools } from "./encode_tools.ts";
import { traitsOf } from "./model_traits.ts";

/** Writes a request. Throws `GatewayError` `invalid_request` for what cannot be asked in this format. */
export function encodeRequest(request: ChatRequest): EncodedRequest {
  const warnings = new Set<string>();
  const traits = traitsOf(request.model);
  const { system, contents } = new ContentsWriter(traits, warnings).write(request.messages);
  if (contents.length === 0) {
    throw new GatewayError("invalid_request", `"messages" must hold a message that is not empty`, {
      param: "messages",
    });
  }
  const natives = ownNatives(request, warnings);
  const { config, instructions } = encodeConfig(request, traits, warnings);
  const { toolConfig, ...tools } = encodeTools(request, warnings);
  const prompt = [...system, ...instructions.map((text): JsonObject => ({ text }))];
  if (request.endUser !== undefined) {
    warnings.add(`Whom the request is asked for is left out: ${NAME} has no word for it`);
  }
  return {
    body: {
      ...natives.fields,
      contents,
      ...(prompt.length > 0 && { systemInstruction: { parts: prompt } }),
      ...tools,
      ...objectField("toolConfig", {
        ...natives.toolConfig,
        ...(isJsonObject(toolConfig) && toolConfig),
      }),
      ...objectField("generationConfig", { ...natives.generationConfig, ...config }),
    },
    warnings: [...warnings],
  };
}

interface OwnNatives {
  readonly fields: JsonObject;
  readonly generationConfig: JsonObject;
  readonly toolConfig: JsonObject;
}

/** Fields of this format go back where they stood; those of others are named and left out. */
function ownNatives({ natives }: ChatRequest, warnings: Set<string>): OwnNatives {
  const found: Record<keyof OwnNatives, [string, JsonValue][]> = {
    fields: [],
    generationConfig: [],
    toolConfig: [],
  };
  for (const { format, name, value } of natives) {
    const [first = "", second, ...deeper] = name.split(".");
    const isOwn = format === NAME && deeper.length === 0;
    if (isOwn && second === undefined) found.fields.push([name, value]);
    else if (
      isOwn && second !== undefined && (first === "generationConfig" || first === "toolConfig")
    ) {
      found[first].push([second, value]);
    } else if (format === NAME) warnings.add(`"${name}" is left out: it is bound to its place`);
    else warnings.add(`"${name}" is left out: ${NAME} has no word for what is ${format}'s`);
  }
  return {
    fields: Object.fromEntries(found.fields),
    generationConfig: Object.fromEntries(found.generationConfig),
    toolConfig: Object.fromEntries(found.toolConfig),
  };
}

function objectField(name: string, value: JsonObject): JsonObject {
  return Object.keys(value).length > 0 ? { [name]: value } : {};
}
