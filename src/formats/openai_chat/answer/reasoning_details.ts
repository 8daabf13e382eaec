/**
 * Reasoning piece by piece, with what its issuer signed: OpenRouter's `reasoning_details`.
 *
 * @module
 */

import type { FormatName, Seal } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";

/** Who issued what is in a format of OpenRouter's list; names beyond it stand for themselves. */
const ISSUER_BY_FORMAT: ReadonlyMap<string, FormatName> = new Map([
  ["anthropic-claude-v1", "anthropic_messages"],
  ["google-gemini-v1", "gemini"],
  ["openai-responses-v1", "openai_responses"],
  ["unknown", NAME],
]);
const FORMAT_BY_ISSUER: ReadonlyMap<FormatName, string> = new Map(
  [...ISSUER_BY_FORMAT].map(([format, issuer]) => [issuer, format]),
);

/** One entry of a list of details. */
export interface ReasoningDetail {
  readonly kind: "text" | "sealed" | "other";
  readonly text: string;
  readonly seal: Seal | undefined;
  /** Pieces with the same number belong together. */
  readonly index: number | undefined;
  readonly id: string | undefined;
  readonly value: JsonObject;
}

/** Reads a list of details; anything else is none. */
export function readReasoningDetails(value: JsonValue | undefined): readonly ReasoningDetail[] {
  return Array.isArray(value) ? value.filter(isJsonObject).map(readDetail) : [];
}

function readDetail(value: JsonObject): ReasoningDetail {
  const { type, index, id } = value;
  const common = {
    index: typeof index === "number" ? index : undefined,
    id: textOf(id) === "" ? undefined : textOf(id),
    value,
  };
  if (type === "reasoning.encrypted" && textOf(value["data"]) !== "") {
    return { ...common, kind: "sealed", text: "", seal: sealOf(value, "data") };
  }
  if (type === "reasoning.text" || type === "reasoning.summary") {
    const text = textOf(value["text"]) + textOf(value["summary"]);
    return { ...common, kind: "text", text, seal: sealOf(value, "signature") };
  }
  return { ...common, kind: "other", text: "", seal: undefined };
}

/** A detail that holds text, and its signature where that is known. */
export function writeTextDetail(text: string, index: number, seal?: Seal): JsonObject {
  return {
    type: "reasoning.text",
    text,
    ...(seal !== undefined && { signature: seal.value, format: formatOf(seal) }),
    index,
  };
}

/** A signature that comes behind its text: clients add it to the detail of the same number. */
export function writeSignature(seal: Seal, index: number): JsonObject {
  return { type: "reasoning.text", signature: seal.value, format: formatOf(seal), index };
}

/** A detail that only its issuer can read. */
export function writeSealedDetail(seal: Seal, index: number, id: string | undefined): JsonObject {
  return {
    type: "reasoning.encrypted",
    data: seal.value,
    ...(id !== undefined && { id }),
    format: formatOf(seal),
    index,
  };
}

function formatOf({ issuer }: Seal): string {
  return FORMAT_BY_ISSUER.get(issuer) ?? issuer;
}

function sealOf(detail: JsonObject, name: "data" | "signature"): Seal | undefined {
  const value = textOf(detail[name]);
  if (value === "") return undefined;
  const format = textOf(detail["format"]);
  return { value, issuer: format === "" ? NAME : ISSUER_BY_FORMAT.get(format) ?? format };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
