/** Turns the model a client asks for into where it is served. */

import type { Random } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { ResolveTarget, Route, Target, Upstream } from "../core/upstream.ts";
import { modelNotFound } from "./find_model.ts";
import type { AliasTarget } from "./options.ts";
import { orderTargets } from "./order_targets.ts";

/** The ids that an upstream lists; `undefined` where its list cannot be had. */
export type ListIds = (
  upstream: Upstream,
  callId: string,
) => Promise<ReadonlySet<string> | undefined>;

/**
 * Resolves model names, by the first rule that fits:
 *
 * 1. an alias stands for what it names, which may be several targets;
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
  aliases: Readonly<Record<string, readonly AliasTarget[]>>,
  listIds: ListIds,
  random: Random,
): (model: string, callId: string) => Route {
  const resolve = createResolve(upstreams, listIds);
  return (asked, callId) => {
    const targets = Object.hasOwn(aliases, asked) ? aliases[asked] : undefined;
    const names = targets === undefined ? [asked] : orderTargets(targets, random);
    return names.map((name): ResolveTarget => () => resolve(name, asked, callId));
  };
}

/** Rules 2 to 4. */
function createResolve(upstreams: readonly Upstream[], listIds: ListIds) {
  const byName = new Map(upstreams.map((upstream) => [upstream.name, upstream]));
  const upstreamNamedBy = (model: string): Upstream | undefined => {
    const slash = model.indexOf("/");
    if (slash <= 0 || slash + 1 === model.length) return undefined;
    return byName.get(model.slice(0, slash));
  };
  return (model: string, asked: string, callId: string): Promise<Target> | Target => {
    const [first] = upstreams;
    if (first === undefined) {
      throw new GatewayError("not_found", "No upstream is on; set a provider's key or FAKE=on", {
        code: "model_not_found",
        param: "model",
      });
    }
    const upstream = upstreamNamedBy(model);
    if (upstream !== undefined) return resolveNamed(upstream, model, callId, listIds);
    if (upstreams.length === 1) return { upstream: first, model };
    return resolveListed([first, ...upstreams.slice(1)], model, asked, callId, listIds);
  };
}

async function resolveNamed(
  upstream: Upstream,
  model: string,
  callId: string,
  listIds: ListIds,
): Promise<Target> {
  const isWhole = (await listIds(upstream, callId))?.has(model) ?? false;
  return { upstream, model: isWhole ? model : model.slice(upstream.name.length + 1) };
}

async function resolveListed(
  upstreams: readonly [first: Upstream, ...rest: Upstream[]],
  model: string,
  asked: string,
  callId: string,
  listIds: ListIds,
): Promise<Target> {
  const [first] = upstreams;
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
}
