/** How the tools of a request were declared: a call must come back in the same kind. */

import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { itemsOf, type ResponseRequest } from "./request.ts";

export interface DeclaredTool {
  readonly kind: "fc" | "custom" | "tool_search";
  readonly namespace?: string;
}

/** The tool of that name; one that was not declared is a function. */
export function findTool(request: ResponseRequest, name: string): DeclaredTool {
  const lists = [request.tools, ...itemsOf(request.input).map(({ tools }) => tools)];
  for (const list of lists) {
    const found = findIn((list ?? []) as readonly JsonValue[], name, undefined);
    if (found !== undefined) return found;
  }
  return { kind: "fc" };
}

function findIn(
  tools: readonly JsonValue[],
  name: string,
  namespace: string | undefined,
): DeclaredTool | undefined {
  for (const tool of tools.filter(isJsonObject)) {
    const { type, tools: members } = tool;
    if (type === "namespace" && Array.isArray(members)) {
      const found = findIn(members, name, String(tool["name"]));
      if (found !== undefined) return found;
    } else if (nameOf(tool) === name) {
      const kind = type === "custom" || type === "tool_search" ? type : "fc";
      return { kind, ...(namespace !== undefined && { namespace }) };
    }
  }
  return undefined;
}

function nameOf({ type, name }: JsonObject): JsonValue | undefined {
  return type === "tool_search" ? type : name;
}
