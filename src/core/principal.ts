/** Who calls, and what that one may do. */

import type { HeaderList } from "./provider/transport.ts";

/** Limits that a request counts against, once in each. */
export type LimitClass =
  /** Every request to the OpenRouter service. */
  | "service"
  /** Its requests that cost money. */
  | "inference"
  /** Its WebSocket connections. */
  | "websocket"
  /** OpenAI's API and what is handed through. */
  | "v1";

/** Limits of one key in place of those for all; `undefined` leaves the one for all, 0 is none. */
export interface OwnLimits extends Readonly<Partial<Record<LimitClass, number | undefined>>> {
  readonly tokensPerMinute?: number | undefined;
  readonly maxConcurrentRequests?: number | undefined;
}

/** One object for each key, made once. */
export interface Principal {
  /** The key's name, or `anonymous`. Never the key itself. */
  readonly name: string;
  /** Whoever needs no key has none, and is counted by address instead of by name. */
  readonly hasKey: boolean;
  readonly limits: OwnLimits;
  /** Headers of this request that are for a provider which takes its callers' own credentials. */
  readonly credentials?: HeaderList;
  /** Names of models that it may call, `*` for any text; all where it is `undefined`. */
  readonly models: readonly string[] | undefined;
  /** Whose calls its calls are summed up with, and whose budgets they count against. */
  readonly team?: string;
  /** Put on each of its calls, where a request does not say them itself. */
  readonly tags?: Readonly<Record<string, string>>;
}

export const ANONYMOUS: Principal = {
  name: "anonymous",
  hasKey: false,
  limits: {},
  models: undefined,
};

export function mayCall({ models }: Pick<Principal, "models">, model: string): boolean {
  return models === undefined || models.some((pattern) => matchesPattern(model, pattern));
}

/** Whether a text is of a pattern, in which `*` is any text. Piece by piece instead of by a regular expression, which many `*` could make slow. */
export function matchesPattern(text: string, pattern: string): boolean {
  const [start = "", ...pieces] = pattern.split("*");
  const end = pieces.pop();
  if (end === undefined) return text === pattern;
  if (!text.startsWith(start)) return false;
  let from = start.length;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return text.length - end.length >= from && text.endsWith(end);
}

/** Whose something is that is kept for a caller: of one key, or of all who need none. */
export function ownerOf({ name, hasKey }: Principal): string {
  return hasKey ? `key:${name}` : name;
}
