/** Reads requests of Google's API, and refuses them in its words. */

import * as z from "zod";
import { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../core/text/json.ts";
import { parseJson } from "../read_body.ts";

const MAX_CANDIDATES = 8;
const MAX_STOP_SEQUENCES = 5;

const object = z.custom<JsonObject>(isJsonObject, "must be an object");

const part = z.strictObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  thoughtSignature: z.string().optional(),
  inlineData: object.optional(),
  fileData: object.optional(),
  functionCall: z.strictObject({
    id: z.string().optional(),
    name: z.string().min(1),
    args: object.optional(),
  }).optional(),
  functionResponse: z.strictObject({
    id: z.string().optional(),
    name: z.string().min(1),
    response: object,
    parts: z.array(object).optional(),
  }).optional(),
  executableCode: object.optional(),
  codeExecutionResult: object.optional(),
  videoMetadata: object.optional(),
  mediaResolution: object.optional(),
});

const content = z.strictObject({
  role: z.enum(["user", "model"], "Please use a valid role: user, model.").optional(),
  parts: z.array(part).min(1, "must include at least one parts field"),
});

const systemInstruction = z.strictObject({
  role: z.string().optional(),
  parts: z.array(part).min(1),
});

const declaration = z.strictObject({
  name: z.string().regex(/^[a-zA-Z_][\w.:-]{0,127}$/),
  description: z.string(),
  behavior: z.string().optional(),
  parameters: object.optional(),
  parametersJsonSchema: object.optional(),
  response: object.optional(),
  responseJsonSchema: object.optional(),
});

const tool = z.looseObject({ functionDeclarations: z.array(declaration).optional() });

const toolConfig = z.strictObject({
  functionCallingConfig: z.strictObject({
    mode: z.enum(["AUTO", "ANY", "NONE", "VALIDATED"]).optional(),
    allowedFunctionNames: z.array(z.string()).optional(),
  }).optional(),
  retrievalConfig: object.optional(),
});

const generationConfig = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().optional(),
  topK: z.number().optional(),
  maxOutputTokens: z.int().min(1).optional(),
  stopSequences: z.array(z.string()).max(MAX_STOP_SEQUENCES).optional(),
  candidateCount: z.int().min(1).max(MAX_CANDIDATES).optional(),
  seed: z.int().optional(),
  presencePenalty: z.number().optional(),
  frequencyPenalty: z.number().optional(),
  responseMimeType: z.string().optional(),
  responseSchema: object.optional(),
  responseJsonSchema: object.optional(),
  responseLogprobs: z.boolean().optional(),
  logprobs: z.int().optional(),
  responseModalities: z.array(z.string()).optional(),
  speechConfig: object.optional(),
  imageConfig: object.optional(),
  mediaResolution: z.string().optional(),
  thinkingConfig: z.strictObject({
    includeThoughts: z.boolean().optional(),
    thinkingBudget: z.int().optional(),
    thinkingLevel: z.string().optional(),
  }).optional(),
});

export const generateRequest = z.strictObject({
  contents: z.array(content).min(1, "contents is not specified"),
  systemInstruction: systemInstruction.optional(),
  tools: z.array(tool).optional(),
  toolConfig: toolConfig.optional(),
  generationConfig: generationConfig.optional(),
  safetySettings: z.array(object).optional(),
  cachedContent: z.string().optional(),
  labels: object.optional(),
  model: z.string().optional(),
});

export const countRequest = z.strictObject({
  contents: z.array(content).optional(),
  generateContentRequest: generateRequest.optional(),
});

const embedding = z.strictObject({
  model: z.string().optional(),
  content: systemInstruction,
  taskType: z.string().optional(),
  title: z.string().optional(),
  outputDimensionality: z.int().min(1).max(3_072).optional(),
});

export const embedRequest = embedding;
export const batchEmbedRequest = z.strictObject({ requests: z.array(embedding).min(1).max(100) });

export type GenerateRequest = z.infer<typeof generateRequest>;
export type Content = z.infer<typeof content>;
export type GeminiPart = z.infer<typeof part>;

/** Reads JSON of a form. Throws `GatewayError` `invalid_request` that names the field. */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.infer<Schema> {
  const result = schema.safeParse(parseJson(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = issue?.path.join(".") ?? "";
  if (issue?.code === "unrecognized_keys") {
    const where = at === "" ? "" : ` at '${at}'`;
    throw refusal(
      `Invalid JSON payload received. Unknown name "${issue.keys[0]}"${where}: Cannot find field.`,
    );
  }
  throw refusal(at === "" ? "The body must be a JSON object" : `* ${at}: ${issue?.message}`);
}

/** An error whose message is all that its client gets to read. */
export function refusal(message: string): GatewayError {
  return new GatewayError("invalid_request", message);
}
