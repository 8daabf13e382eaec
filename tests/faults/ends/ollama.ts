/** How an answer ended for a client of Ollama's API, as a few words. */

import { checkOllamaStream } from "../../formats/ollama/stream_checker.ts";
import { completeWith, parseAsPython } from "./ends.ts";
import { failingFormat, type Targets } from "../matrix_plan.ts";

/** What Weir has written itself must be in order, too. */
export function endOfOllama(text: string, isStream: boolean, targets: Targets): string {
  try {
    return isStream ? endOfLines(text, targets) : endOfObject(text);
  } catch {
    return text === "" ? "empty" : "not_json";
  }
}

function endOfLines(text: string, targets: Targets): string {
  const problems = failingFormat(targets) === "ollama" ? [] : checkOllamaStream(text);
  if (problems.length > 0) return `disorder: ${problems.join(", ")}`;
  const lines = text.split("\n");
  if (lines.pop() !== "") return "unterminated";
  const objects = lines.map(parseAsPython);
  const last = objects.at(-1);
  if (objects.slice(0, -1).some(({ error, done }) => error !== undefined || done === true)) {
    return "an end before the end";
  }
  if (last?.done !== true) return errorText(last);
  return completeWith(objects.map(({ message }) => message?.content ?? "").join(""));
}

function endOfObject(text: string): string {
  const body = parseAsPython(text);
  return body.error === undefined ? completeWith(body.message?.content) : errorText(body);
}

/** Its errors are a text and nothing else. */
function errorText(body: ReturnType<typeof parseAsPython>): string {
  return typeof body?.error === "string" && body.error !== "" ? "error" : "own_form";
}
