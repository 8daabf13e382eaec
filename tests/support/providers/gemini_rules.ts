/** What Gemini's API refuses, as far as a client or a translation may get it wrong. */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/core/text/json.ts";

/** How every signature of the stand-in begins. */
export const SIGNATURE = "c2ln";

const FIELDS: ReadonlySet<string> = new Set([
  "cachedContent",
  "contents",
  "generationConfig",
  "labels",
  "model",
  "safetySettings",
  "systemInstruction",
  "toolConfig",
  "tools",
]);
const SETTINGS: ReadonlySet<string> = new Set([
  "candidateCount",
  "frequencyPenalty",
  "logprobs",
  "maxOutputTokens",
  "presencePenalty",
  "responseJsonSchema",
  "responseLogprobs",
  "responseMimeType",
  "responseModalities",
  "responseSchema",
  "seed",
  "stopSequences",
  "temperature",
  "thinkingConfig",
  "topK",
  "topP",
]);
const PART_KINDS: readonly string[] = [
  "codeExecutionResult",
  "executableCode",
  "fileData",
  "functionCall",
  "functionResponse",
  "inlineData",
  "text",
];
const MAX_STOPS = 5;

/** The first thing wrong with a request for content; `undefined` where nothing is. */
export function bodyProblem(body: JsonObject): string | undefined {
  const settings = objectOf(body.generationConfig);
  return unknownName(body, FIELDS) ?? unknownName(settings, SETTINGS) ??
    contentsProblem(body.contents) ?? toolsProblem(body.tools) ??
    (itemsOf(settings.stopSequences).length > MAX_STOPS ? "Too many stop sequences" : undefined);
}

function unknownName(object: JsonObject, known: ReadonlySet<string>): string | undefined {
  const name = Object.keys(object).find((member) => !known.has(member));
  return name === undefined
    ? undefined
    : `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`;
}

function contentsProblem(value: JsonValue | undefined): string | undefined {
  const contents = itemsOf(value);
  if (contents.length === 0) {
    return "* GenerateContentRequest.contents: contents is not specified";
  }
  let open = 0;
  const turnStart = contents.findLastIndex(isAsked);
  for (const [at, content] of contents.entries()) {
    const parts = itemsOf(content.parts);
    if (content.role !== "user" && content.role !== "model") return "Please use a valid role";
    if (parts.length === 0) {
      return `* GenerateContentRequest.contents[${at}].parts: contents.parts must not be empty.`;
    }
    const problem = parts.map(partProblem).find((found) => found !== undefined);
    if (problem !== undefined) return problem;
    const answers = parts.filter(({ functionResponse }) => functionResponse !== undefined).length;
    if (answers !== open) {
      return "Please ensure that the number of function response parts is equal to the number " +
        "of function call parts of the function call turn.";
    }
    const calls = parts.filter(({ functionCall }) => functionCall !== undefined);
    open = calls.length;
    const signature = String(calls[0]?.thoughtSignature ?? "");
    const isChecked = at > turnStart && calls.length > 0;
    if (isChecked && !signature.startsWith(SIGNATURE) && signature !== SKIPPED) {
      return `Function call is missing a thought_signature in functionCall parts, position ${at}.`;
    }
  }
  return open > 0 ? "A function call is not answered" : undefined;
}

/** What stands for a signature where a client has a call of another model's. */
const SKIPPED = "skip_thought_signature_validator";

/** A turn begins with what the user says, and not with results. */
function isAsked({ role, parts }: JsonObject): boolean {
  return role === "user" &&
    itemsOf(parts).every(({ functionResponse }) => functionResponse === undefined);
}

function partProblem(part: JsonObject): string | undefined {
  const kinds = PART_KINDS.filter((kind) => part[kind] !== undefined);
  if (kinds.length !== 1) return "* contents.parts: must have one initialized field";
  const call = part.functionCall ?? part.functionResponse;
  if (call === undefined) return undefined;
  const { name, args = {}, response = {} } = objectOf(call);
  if (typeof name !== "string" || name === "") return "The name of a function is empty";
  return isJsonObject(args) && isJsonObject(response) ? undefined : "Must be a Struct";
}

/** Schemas in its own words have types in capitals, and few words. */
function toolsProblem(value: JsonValue | undefined): string | undefined {
  const declarations = itemsOf(value).flatMap((tool) => itemsOf(tool.functionDeclarations));
  for (const { name, parameters, parametersJsonSchema } of declarations) {
    if (typeof name !== "string") return "A function declaration has no name";
    if (parameters !== undefined && parametersJsonSchema !== undefined) {
      return "parameters and parameters_json_schema are mutually exclusive";
    }
    const refused = ["$schema", "additionalProperties", "$ref"].find((word) =>
      objectOf(parameters)[word] !== undefined
    );
    if (refused !== undefined) return `Unknown name "${refused}" at 'tools': Cannot find field.`;
  }
  return undefined;
}

export function itemsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
