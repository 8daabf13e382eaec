/**
 * Reads an answer, the objects of a stream one after the other or the one of a whole answer: they have one form.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { decodeBlocked } from "../answer/finish_reason.ts";
import { UsageTotals } from "../../counts.ts";
import { decodeUsage } from "../answer/usage.ts";
import { faultOf } from "../fault.ts";
import { type AnswerNumbers, CandidateReader } from "./candidate_reader.ts";

/** More than a request may ask for. */
const MAX_CANDIDATES = 64;

/** Reads one answer; create one per response. */
export class AnswerReader {
  readonly #choices: number;
  readonly #passesFailedCalls: boolean;
  readonly #candidates = new Map<number, CandidateReader>();
  readonly #usage = new UsageTotals(decodeUsage);
  readonly #numbers: AnswerNumbers = { blocks: 0, calls: 0, answerId: "" };
  #hasStarted = false;
  #hasFinished = false;

  /**
   * @param choices Choices asked for.
   * @param passesFailedCalls Whoever reads the answer knows Gemini's own words for a call that was lost.
   */
  constructor(choices: number, passesFailedCalls = false) {
    this.#choices = choices;
    this.#passesFailedCalls = passesFailedCalls;
  }

  read(body: JsonObject): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    const fault = faultOf(body);
    if (fault !== undefined) {
      this.#readUsage(body, events);
      events.push({ type: "fault", fault });
      return events;
    }
    this.#start(body, events);
    const candidates = Array.isArray(body["candidates"]) ? body["candidates"] : [];
    for (const candidate of candidates) {
      if (isJsonObject(candidate)) this.#readCandidate(candidate, events);
    }
    if (candidates.length === 0) {
      const blocked = decodeBlocked(body["promptFeedback"], this.#choices);
      events.push(...blocked);
    }
    this.#hasFinished ||= events.some(({ type }) => type === "finish");
    this.#readUsage(body, events);
    return events;
  }

  /** There is no end mark: the answer is over with its body where something has said why. */
  end(): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    for (const candidate of this.#candidates.values()) candidate.end(events);
    if (this.#hasFinished) events.push({ type: "end" });
    return events;
  }

  #start(body: JsonObject, events: ChatEvent[]): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const { responseId, modelVersion, createTime } = body;
    const createdMs = typeof createTime === "string" ? Date.parse(createTime) : NaN;
    this.#numbers.answerId = textOf(responseId);
    events.push({
      type: "start",
      ...(textOf(responseId) !== "" && { id: textOf(responseId) }),
      ...(textOf(modelVersion) !== "" && { model: textOf(modelVersion) }),
      ...(!Number.isNaN(createdMs) && { createdSeconds: Math.floor(createdMs / 1000) }),
    });
  }

  #readCandidate(candidate: JsonObject, events: ChatEvent[]): void {
    const { index } = candidate;
    const choice = typeof index === "number" ? index : 0;
    let reader = this.#candidates.get(choice);
    if (reader === undefined) {
      if (this.#candidates.size === MAX_CANDIDATES) return;
      reader = new CandidateReader(choice, this.#numbers, this.#passesFailedCalls);
      this.#candidates.set(choice, reader);
    }
    reader.read(candidate, events);
  }

  #readUsage(body: JsonObject, events: ChatEvent[]): void {
    if (!isJsonObject(body["usageMetadata"])) return;
    this.#usage.add(body["usageMetadata"]);
    const { usage } = this.#usage;
    if (usage !== undefined) events.push({ type: "usage", usage });
  }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
