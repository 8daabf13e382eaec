/**
 * The tools of a request, wherever it declares them, under the names by which other formats know them.
 *
 * Tools stand in `tools`, in items of the input (`additional_tools`, `tool_search_output`), and in namespaces
 * in either. Other formats have one flat list, so a member of a namespace is `namespace__name` there. A call
 * must come back in the kind in which its tool was declared, its namespace in a field of its own.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { type ClientTool, clientToolOf } from "./client_tools.ts";

/** Bound of a function's name. */
const MAX_NAME_CHARACTERS = 64;
const DIGEST_CHARACTERS = 8;

/** A tool that the client runs. */
export interface DeclaredTool {
  readonly kind: "function" | "custom" | "client";
  /** The name by which other formats know it, one for each tool. */
  readonly flatName: string;
  readonly name: string;
  readonly namespace?: string;
  /** What its namespace says of itself, where it is the first member. */
  readonly about?: string;
  /** Where it has a type of its own. */
  readonly client?: ClientTool;
  readonly declaration: JsonObject;
  /** Where it stands in the request. */
  readonly path: string;
}

/** All tools of a request. */
export interface DeclaredTools {
  readonly own: readonly DeclaredTool[];
  /** Those that the provider runs itself. */
  readonly hosted: readonly JsonObject[];
}

/** Finds them all. Judges nothing: what is no tool is passed over. */
export function findTools(body: JsonObject): DeclaredTools {
  const found: { own: DeclaredTool[]; hosted: JsonObject[] } = { own: [], hosted: [] };
  addAll(body["tools"], "tools", found);
  listOf(body["input"]).forEach((item, index) => {
    const { type, tools } = isJsonObject(item) ? item : {};
    if (type === "additional_tools" || type === "tool_search_output") {
      addAll(tools, `input.${index}.tools`, found);
    }
  });
  return found;
}

/** How a call of each tool comes back, by the name by which other formats know it. */
export function toolsByFlatName(body: JsonObject): ReadonlyMap<string, DeclaredTool> {
  return new Map(findTools(body).own.map((tool) => [tool.flatName, tool]));
}

/** A name that other formats allow, the same each time. */
export function flatNameOf(name: string, namespace: string | undefined): string {
  if (namespace === undefined) return name;
  const flat = `${namespace}__${name}`;
  if (flat.length <= MAX_NAME_CHARACTERS) return flat;
  const digest = createHash("sha256").update(flat).digest("hex").slice(0, DIGEST_CHARACTERS);
  return `${flat.slice(0, MAX_NAME_CHARACTERS - DIGEST_CHARACTERS - 1)}_${digest}`;
}

function addAll(
  tools: JsonValue | undefined,
  path: string,
  found: { own: DeclaredTool[]; hosted: JsonObject[] },
): void {
  listOf(tools).forEach((tool, index) => {
    if (!isJsonObject(tool)) return;
    const at = `${path}.${index}`;
    if (tool["type"] !== "namespace") return addOne(tool, at, found);
    const { name: namespace, description } = tool;
    const about = typeof description === "string" && description !== "" ? description : undefined;
    listOf(tool["tools"]).forEach((member, position) => {
      if (!isJsonObject(member) || typeof namespace !== "string") return;
      addOne(member, `${at}.tools.${position}`, found, {
        namespace,
        ...(position === 0 && about !== undefined && { about }),
      });
    });
  });
}

function addOne(
  declaration: JsonObject,
  path: string,
  found: { own: DeclaredTool[]; hosted: JsonObject[] },
  place: Pick<DeclaredTool, "namespace" | "about"> = {},
): void {
  const { type, name } = declaration;
  if (type === "function" || type === "custom") {
    const known = typeof name === "string" ? name : "";
    const flatName = flatNameOf(known, place.namespace);
    found.own.push({ kind: type, flatName, name: known, declaration, path, ...place });
    return;
  }
  const client = clientToolOf(declaration);
  if (client === undefined) {
    found.hosted.push(declaration);
    return;
  }
  const { type: clientType } = client;
  const flatName = flatNameOf(clientType, place.namespace);
  found.own.push({
    kind: "client",
    flatName,
    name: clientType,
    client,
    declaration,
    path,
    ...place,
  });
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
