/** How an answer of Gemini's form ended for whoever read it, as a few words. */

import { checkGeminiStream } from "../../formats/gemini/stream_checker.ts";
import { failingFormat, type Targets } from "../matrix_plan.ts";
import { completeWith, parseAsPython } from "./ends.ts";

/** What Weir writes itself must be in order, too; an error is told by its word. */
export function endOfGemini(text: string, isStream: boolean, targets: Targets): string {
  if (text === "") return "empty";
  try {
    return isStream ? endOfEvents(text, targets) : endOf([parseAsPython(text)]);
  } catch {
    return "not_json";
  }
}

function endOfEvents(text: string, targets: Targets): string {
  const problems = failingFormat(targets) === "gemini" ? [] : checkGeminiStream(text);
  if (problems.length > 0) return `disorder: ${problems.join(", ")}`;
  const events = text.trim().split(/\r?\n\r?\n/).filter((event) => !event.startsWith(":"));
  return endOf(events.map((event) => parseAsPython(event.replace(/^data: ?/, ""))));
}

function endOf(bodies: readonly ReturnType<typeof parseAsPython>[]): string {
  const last = bodies.at(-1);
  if (last.error !== undefined) return String(last.error.status ?? "own_form");
  const reasons = bodies.map(({ candidates = [] }) => candidates[0]?.finishReason);
  const reason = reasons.findLast((word) => word !== undefined);
  if (reason !== "STOP") return `ended for ${reason}`;
  const texts = bodies.flatMap(({ candidates = [] }) =>
    candidates
      .filter(({ index = 0 }) => index === 0)
      .flatMap(({ content }: { content?: { parts?: { text?: string }[] } }) => content?.parts ?? [])
      .map(({ text: said = "" }: { text?: string }) => said)
  );
  return completeWith(texts.join(""));
}
