/**
 * The arguments of a call that come piece by piece, each with the place that it belongs to:
 * `{"jsonPath":"$.items[0].name","stringValue":"ap","willContinue":true}`.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";

/** More than any model writes; a place further away would fill memory with nothing. */
const MAX_INDEX = 10_000;
const MAX_DEPTH = 64;

/** One step of a path: `.name`, `['name']`, `["name"]`, `[0]`. */
const STEP = /\.([^.[\]]+)|\[(\d{1,9})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;

type Step = string | number;
type Growing = Map<Step, Growing | JsonValue> & { isList?: boolean };

/** One per call. */
export class PartialArgs {
  readonly #root: Growing = new Map<Step, Growing | JsonValue>();

  /** Takes one list of pieces; `false` where one of them has no place. */
  add(pieces: JsonValue): boolean {
    const list = Array.isArray(pieces) ? pieces : [];
    return list.every((piece) => isJsonObject(piece) && this.#addPiece(piece));
  }

  toJson(): JsonObject {
    return toValue(this.#root) as JsonObject; // The root is never a list.
  }

  #addPiece(piece: JsonObject): boolean {
    const path = readPath(piece["jsonPath"]);
    const last = path?.pop();
    if (path === undefined || last === undefined) return false;
    let place = this.#root;
    for (const [at, step] of path.entries()) {
      const next = place.get(step);
      if (next instanceof Map) place = next;
      else {
        const made: Growing = new Map<Step, Growing | JsonValue>();
        made.isList = typeof (path[at + 1] ?? last) === "number";
        place.set(step, made);
        place = made;
      }
    }
    const before = place.get(last);
    const { stringValue: text } = piece;
    if (typeof text === "string") {
      place.set(last, typeof before === "string" ? before + text : text);
    } else place.set(last, piece["numberValue"] ?? piece["boolValue"] ?? null);
    return true;
  }
}

function readPath(value: JsonValue | undefined): Step[] | undefined {
  if (typeof value !== "string" || !value.startsWith("$")) return undefined;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < value.length) {
    const match = STEP.exec(value);
    if (match === null || steps.length === MAX_DEPTH) return undefined;
    const [, name, index, single, double] = match;
    if (index === undefined) steps.push(name ?? unescaped(single ?? double ?? ""));
    else if (Number(index) > MAX_INDEX) return undefined;
    else steps.push(Number(index));
  }
  return typeof steps[0] === "string" ? steps : undefined;
}

function unescaped(name: string): string {
  return name.replaceAll(/\\(.)/g, "$1");
}

function toValue(growing: Growing | JsonValue): JsonValue {
  if (!(growing instanceof Map)) return growing;
  const entries = [...growing].map(([step, value]) => [step, toValue(value)] as const);
  if (growing.isList !== true) return Object.fromEntries(entries);
  return entries.sort(([one], [other]) => Number(one) - Number(other)).map(([, value]) => value);
}
