/** Turns the model a client asks for into where it is served. */

import { GatewayError } from "../core/gateway_error.ts";
import type { Target, Upstream } from "../core/upstream.ts";
import { modelNotFound } from "./find_model.ts";

/** The ids that an upstream lists; `undefined` where its list cannot be had. */
export type ListIds = (
  upstream: Upstream,
  callId: string,
) => Promise<ReadonlySet<string> | undefined>;

/**
 * Resolves model names, by the first rule that fits:
 *
 * 1. an alias stands for what it names;
 * 2. `upstream/model` goes to that upstream, unless that upstream itself lists the whole name
 *    (`openrouter/auto` is a model of OpenRouter's);
 * 3. the first upstream that lists the name has it;
 * 4. the first upstream takes the rest, unless its list is known to be all it serves.
 *
 * So with both OpenAI and OpenRouter on, `openai/gpt-4o` is OpenAI's `gpt-4o`, and OpenRouter's is
 * `openrouter/openai/gpt-4o`. With one upstream alone a list is asked for only where rule 2 needs it.
 */
export function createRouteTable(
  upstreams: readonly Upstream[],
  aliases: Readonly<Record<string, string>>,
  listIds: ListIds,
): (model: string, callId: string) => Promise<Target> {
  const byName = new Map(upstreams.map((upstream) => [upstream.name, upstream]));
  const named = async (model: string, callId: string): Promise<Target | undefined> => {
    const slash = model.indexOf("/");
    const upstream = slash > 0 ? byName.get(model.slice(0, slash)) : undefined;
    if (upstream === undefined || slash + 1 === model.length) return undefined;
    const isWhole = (await listIds(upstream, callId))?.has(model) ?? false;
    return { upstream, model: isWhole ? model : model.slice(slash + 1) };
  };
  return async (asked, callId) => {
    const model = Object.hasOwn(aliases, asked) ? aliases[asked] ?? asked : asked;
    const [first] = upstreams;
    if (first === undefined) {
      throw new GatewayError("not_found", "No upstream is on; set a provider's key or FAKE=on", {
        code: "model_not_found",
        param: "model",
      });
    }
    const target = await named(model, callId);
    if (target !== undefined) return target;
    if (upstreams.length === 1) return { upstream: first, model };
    // All are asked at once and read in order: one that hangs delays only what stands before it.
    const asking = upstreams.map((upstream) => ({ upstream, ids: listIds(upstream, callId) }));
    const lists: (ReadonlySet<string> | undefined)[] = [];
    for (const { upstream, ids } of asking) {
      const list = await ids;
      if (list?.has(model)) return { upstream, model };
      lists.push(list);
    }
    if (first.hasClosedList && lists[0] !== undefined) {
      throw modelNotFound(asked, lists.flatMap((ids) => [...ids ?? []]));
    }
    return { upstream: first, model };
  };
}
