/**
 * Models in Ollama's shape. What an upstream's list tells of files is shown where it is Ollama's own; a digest
 * and a moment are made of the name elsewhere, because clients want them.
 *
 * @module
 */

import type { ModelFacts } from "../../core/provider/model_facts.ts";
import type { ListedModel, VisibleModel } from "../../core/provider/provider.ts";
import { isJsonObject, type JsonObject } from "../../core/text/json.ts";

/** What models of Ollama's own bring along. */
export type ShownModel = VisibleModel & Partial<Pick<ListedModel, "more">>;

/** The last moment that a `Date` knows, in seconds. */
const MAX_SECONDS = 8.64e12;
/** Where the list tells no architecture. */
const ARCHITECTURE = "weir";

const NO_DETAILS = {
  parent_model: "",
  format: "",
  family: "",
  families: [],
  parameter_size: "",
  quantization_level: "",
};

/** `/api/tags`. */
export function tagsBody(models: readonly ShownModel[]): JsonObject {
  return {
    models: models.map((model) => ({
      name: model.id,
      model: model.id,
      modified_at: momentOf(model.created),
      size: sizeOf(model),
      digest: digestOf(model),
      details: detailsOf(model),
      capabilities: capabilitiesOf(model.facts),
    })),
  };
}

/** `/api/show`. The names of the bounds begin with the architecture, and clients look for them so (T101, T102). */
export function showBody(model: ShownModel): JsonObject {
  const details = detailsOf(model);
  const { family } = details;
  const architecture = typeof family === "string" && family !== "" ? family : ARCHITECTURE;
  const { contextTokens } = model.facts;
  return {
    modelfile: "",
    parameters: "",
    template: "",
    details,
    model_info: {
      "general.architecture": architecture,
      "general.basename": model.name ?? model.id,
      ...(contextTokens !== undefined && { [`${architecture}.context_length`]: contextTokens }),
    },
    capabilities: capabilitiesOf(model.facts),
    modified_at: momentOf(model.created),
  };
}

/** Of a model of which nobody says so, agents are to find out whether it calls tools: they hide others (T103). */
function capabilitiesOf(
  { embedding, tools = true, vision, thinking }: ModelFacts,
): readonly string[] {
  if (embedding === true) return ["embedding"];
  return [
    "completion",
    ...(tools ? ["tools"] : []),
    ...(vision === true ? ["vision"] : []),
    ...(thinking === true ? ["thinking"] : []),
  ];
}

function detailsOf({ more }: ShownModel): JsonObject {
  return { ...NO_DETAILS, ...(isJsonObject(more?.["details"]) && more["details"]) };
}

function sizeOf({ more }: ShownModel): number {
  const size = more?.["size"];
  return typeof size === "number" ? size : 0;
}

function digestOf({ id, more }: ShownModel): string {
  const digest = more?.["digest"];
  return typeof digest === "string" && digest !== "" ? digest : madeDigest(id);
}

/** 64 hex digits that are the same for the same name; nobody checks more of them (FNV-1a, eight times). */
function madeDigest(name: string): string {
  let digest = "";
  for (let part = 0; part < 8; part++) {
    let hash = 0x811c9dc5 ^ part;
    for (let index = 0; index < name.length; index++) {
      hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
    }
    digest += (hash >>> 0).toString(16).padStart(8, "0");
  }
  return digest;
}

/** RFC 3339. A list may tell of a moment that is none. */
function momentOf(seconds: number): string {
  const known = Math.abs(seconds) <= MAX_SECONDS ? seconds : 0;
  return new Date(known * 1_000).toISOString();
}
