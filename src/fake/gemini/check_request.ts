/** The rules over the contents of a request that clients break, and translations above all. */

import { type Content, type GeminiPart, refusal } from "./request.ts";

/** Where somebody else made a call, so that nobody can have signed it. */
const NO_SIGNATURE = "skip_thought_signature_validator";

/**
 * Throws `GatewayError` `invalid_request` in Google's words.
 *
 * @param model Gemini 3 and later check what they have signed.
 */
export function checkContents(contents: readonly Content[], model: string): void {
  contents.forEach(({ role, parts }, index) => {
    parts.forEach((part) => checkPart(part, index));
    if (role === "model") checkResults(parts, contents[index + 1]);
  });
  if (/gemini-(?:[3-9]|\d\d)/.test(model)) checkSignatures(contents);
}

/** One of them is what a part is. */
const DATA: readonly (keyof GeminiPart)[] = [
  "text",
  "inlineData",
  "fileData",
  "functionCall",
  "functionResponse",
  "executableCode",
  "codeExecutionResult",
];

function checkPart(part: GeminiPart, index: number): void {
  const data = DATA.filter((name) => part[name] !== undefined);
  if (data.length === 1) return;
  throw refusal(
    `* GenerateContentRequest.contents[${index}].parts: required oneof field 'data' must have ` +
      "one initialized field",
  );
}

function checkResults(said: readonly GeminiPart[], next: Content | undefined): void {
  const calls = said.filter(({ functionCall }) => functionCall !== undefined);
  if (calls.length === 0) return;
  const results = next?.parts.filter(({ functionResponse }) => functionResponse !== undefined) ??
    [];
  const isAlone = results.length === next?.parts.length;
  if (results.length === calls.length && isAlone) return;
  throw refusal(
    "Please ensure that the number of function response parts is equal to the number of " +
      "function call parts of the function call turn.",
  );
}

/** The first call of each step since the user spoke last. */
function checkSignatures(contents: readonly Content[]): void {
  const spoke = contents.findLastIndex(({ role, parts }) =>
    role !== "model" && parts.some(({ functionResponse }) => functionResponse === undefined)
  );
  for (const { role, parts } of contents.slice(spoke + 1)) {
    const first = parts.find(({ functionCall }) => functionCall !== undefined);
    if (role !== "model" || first?.functionCall === undefined) continue;
    const { thoughtSignature: given, functionCall: { name, args = {} } } = first;
    if (given === undefined) {
      throw refusal(
        `Function call is missing a thought_signature in functionCall parts: \`${name}\`.`,
      );
    }
    if (given !== NO_SIGNATURE && given !== signatureOf(name, JSON.stringify(args))) {
      throw refusal("Corrupted thought signature.");
    }
  }
}

/** Nobody's, but the same for the same call. Long, as the real ones are, and with all of Base64. */
export function signatureOf(name: string, args: string): string {
  const text = `fake-signature>>>???${name}${args}`;
  return btoa(String.fromCharCode(...new TextEncoder().encode(text.repeat(8)))).slice(0, 1_024);
}
