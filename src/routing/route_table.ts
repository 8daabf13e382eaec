/** Turns the model a client asks for into where it is served. */

import type { Call, HandThrough } from "../core/call.ts";
import type { Random } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { mayCall } from "../core/principal.ts";
import type { Provider, ResolveTarget, Route, Target } from "../core/provider/provider.ts";
import type { Session } from "../core/chat/session.ts";
import { modelNotFound } from "./find_model.ts";
import type { AliasTarget, RoutingOptions } from "./options.ts";
import { type SessionCall, sessionOf } from "./session.ts";
import type { SessionAffinity } from "./session_affinity.ts";

/** The ids that an upstream lists; `undefined` where its list cannot be had. */
export type ListIds = (
  provider: Provider,
  callId: string,
) => Promise<ReadonlySet<string> | undefined>;

/** What is known of a call when its route is looked up. */
export type RoutedCall = Pick<Call, "id" | "model" | "principal"> & Partial<SessionCall> & {
  readonly handThrough?: Pick<HandThrough, "defaultProvider">;
};

/** A name that is looked up: the one of the call, or one that an alias stands for. */
interface AskedName {
  readonly name: string;
  readonly isOfAlias: boolean;
  readonly call: RoutedCall;
}

interface IdsOfProvider {
  readonly provider: Provider;
  readonly ids: ReadonlySet<string> | undefined;
}

/** Of names in warnings. */
const MAX_NAME_CHARACTERS = 200;

/**
 * Resolves model names, by the first rule that fits:
 *
 * 1. an alias stands for what it names, which may be several targets;
 * 2. `upstream/model` goes to that upstream where it lists the model, or the whole name (`openrouter/auto`
 *    is a model of OpenRouter's);
 * 3. the first upstream that lists the name has it;
 * 4. `upstream/model` goes to that upstream, since no list knows the name, with a warning;
 * 5. the first upstream, which is the default, takes the rest with a warning, unless such names are refused.
 *
 * So with both OpenAI and OpenRouter on, `openai/gpt-4o` is OpenAI's `gpt-4o`, OpenRouter's is
 * `openrouter/openai/gpt-4o`, and `openai/gpt-oss-20b` is whose list has it. With one upstream alone a list
 * is asked for only where rule 2 needs it, or where unknown names are to be refused.
 */
export class RouteTable {
  readonly #upstreams: readonly Provider[];
  readonly #options: RoutingOptions;
  readonly #listIds: ListIds;
  readonly #random: Random;
  readonly #affinity: SessionAffinity | undefined;

  /** @param affinity `undefined` draws a target for every call anew. */
  constructor(
    providers: readonly Provider[],
    options: RoutingOptions,
    listIds: ListIds,
    random: Random,
    affinity?: SessionAffinity,
  ) {
    this.#upstreams = providers;
    this.#options = options;
    this.#listIds = listIds;
    this.#random = random;
    this.#affinity = affinity;
  }

  /** What is handed through has a default provider of its own, which takes what names no model at all. */
  route(call: RoutedCall): Route {
    const route = this.#routeOf(call);
    return this.#affinity === undefined
      ? route
      : route.map((resolve) => keepingKey(resolve, () => sessionOfCall(call)));
  }

  #routeOf(call: RoutedCall): Route {
    const { aliases } = this.#options;
    const provider = call.handThrough?.defaultProvider;
    if (provider !== undefined && call.model === "") return [() => ({ provider, model: "" })];
    const targets = Object.hasOwn(aliases, call.model) ? aliases[call.model] : undefined;
    if (targets === undefined) {
      return [() => this.#resolve({ name: call.model, isOfAlias: false, call })];
    }
    const resolve = (target: AliasTarget): ResolveTarget => this.#resolveOfAlias(target, call);
    const affinity = hasChoice(targets) ? this.#affinity : undefined;
    const session = affinity && sessionOfCall(call);
    if (affinity === undefined || session === undefined) {
      return orderTargets(targets, this.#random).map(resolve);
    }
    return affinity.order(targets, session).map((target, index) =>
      index === 0
        ? resolve(target)
        : standingIn(resolve(target), () => affinity.move(session, target.name))
    );
  }

  #resolveOfAlias(target: AliasTarget, call: RoutedCall): ResolveTarget {
    const { name, emulatesTools, minOutputTokens } = target;
    return () => {
      const resolving = this.#resolve({ name, isOfAlias: true, call });
      if (emulatesTools === undefined && minOutputTokens === undefined) return resolving;
      const own = {
        ...(emulatesTools !== undefined && { emulatesTools }),
        ...(minOutputTokens !== undefined && { minOutputTokens }),
      };
      return resolving instanceof Promise
        ? resolving.then((resolved) => ({ ...resolved, ...own }))
        : { ...resolving, ...own };
    };
  }

  #resolve(asked: AskedName): Promise<Target> | Target {
    const [first, ...rest] = this.#upstreams;
    if (first === undefined) {
      throw new GatewayError("not_found", "No upstream is on; set a provider's key or FAKE=on", {
        code: "model_not_found",
        param: "model",
      });
    }
    const named = this.#upstreamNamedBy(asked.name);
    if (named !== undefined) return this.#resolveNamed(named, asked);
    if (rest.length === 0 && this.#options.unknownModels !== "refuse") {
      return { provider: first, model: asked.name };
    }
    return this.#resolveListed(asked.call.handThrough?.defaultProvider ?? first, asked);
  }

  #upstreamNamedBy(model: string): Provider | undefined {
    const slash = model.indexOf("/");
    if (slash <= 0 || slash + 1 === model.length) return undefined;
    const name = model.slice(0, slash);
    return this.#upstreams.find((provider) => provider.name === name);
  }

  /** Rules 2 to 4. */
  async #resolveNamed(provider: Provider, asked: AskedName): Promise<Target> {
    const { name, isOfAlias, call } = asked;
    const model = name.slice(provider.name.length + 1);
    const named = { provider, ids: await this.#listIds(provider, call.id) };
    if (hasModel(named, name)) return { provider, model: name };
    // Whoever wrote the alias means the upstream, whether its list can be had or not.
    if (hasModel(named, model) || (isOfAlias && named.ids === undefined)) {
      return { provider, model };
    }
    const others = this.#upstreams.filter((other) => other !== provider);
    const { holder, lists } = await this.#findHolder(others, asked);
    if (holder !== undefined) return { provider: holder, model: name };
    if (isOfAlias) return { provider, model };
    const isRefused = this.#options.unknownModels === "refuse" && named.ids !== undefined;
    if (isRefused) throw this.#refusal(asked, [named, ...lists]);
    const warning = unknownWarning(
      asked,
      [named, ...lists],
      `${provider.name}, which it begins with`,
    );
    return { provider, model, warnings: [warning] };
  }

  /** Rules 3 and 5. */
  async #resolveListed(byDefault: Provider, asked: AskedName): Promise<Target> {
    const { holder, lists } = await this.#findHolder(this.#upstreams, asked);
    if (holder !== undefined) return { provider: holder, model: asked.name };
    const { unknownModels } = this.#options;
    const isRefused = unknownModels === "refuse" ||
      (unknownModels === "auto" && byDefault.hasClosedList === true);
    // Without its list nobody knows that it does not serve the model.
    const own = lists.find(({ provider }) => provider === byDefault);
    if (isRefused && own?.ids !== undefined) throw this.#refusal(asked, lists);
    const warning = unknownWarning(asked, lists, `${byDefault.name}, the default`);
    return { provider: byDefault, model: asked.name, warnings: [warning] };
  }

  /** The first that lists the name, and what was looked through. */
  async #findHolder(
    providers: readonly Provider[],
    { name, call }: AskedName,
  ): Promise<{ readonly holder: Provider | undefined; readonly lists: readonly IdsOfProvider[] }> {
    // All are asked at once and read in order: one that hangs delays only what stands before it.
    const asking = providers.map((provider) => ({
      provider,
      listing: this.#listIds(provider, call.id),
    }));
    const lists: IdsOfProvider[] = [];
    for (const { provider, listing } of asking) {
      const list = { provider, ids: await listing };
      if (hasModel(list, name)) return { holder: provider, lists };
      lists.push(list);
    }
    return { holder: undefined, lists };
  }

  /** Names what is near, of all that the caller may ask for. */
  #refusal({ call }: AskedName, lists: readonly IdsOfProvider[]): GatewayError {
    const served = [
      ...Object.keys(this.#options.aliases),
      ...lists.flatMap(({ ids }) => [...ids ?? []]),
    ];
    const visible = served.filter((id) => mayCall(call.principal, id));
    return modelNotFound(call.model, visible, unlistedIn(lists));
  }
}

/** Without weights the first of the list has every call anyway. */
function hasChoice(targets: readonly AliasTarget[]): boolean {
  return targets.filter(({ weight = 1 }) => weight > 0).length > 1 &&
    targets.some(({ weight }) => weight !== undefined);
}

function sessionOfCall({ formats, body, session }: RoutedCall): Session | undefined {
  return formats && body && sessionOf({ formats, body, session });
}

function standingIn(resolve: ResolveTarget, stoodIn: () => void): ResolveTarget {
  return () => {
    const target = resolve();
    return target instanceof Promise
      ? target.then((found) => ({ ...found, stoodIn }))
      : { ...target, stoodIn };
  };
}

/** A list has models without the ends that choose how they are served, and with ends that may be left out. */
function hasModel({ provider, ids }: IdsOfProvider, model: string): boolean {
  if (ids === undefined) return false;
  if (ids.has(model)) return true;
  const suffix = provider.routingSuffixes?.find((end) => model.endsWith(end));
  if (suffix !== undefined && ids.has(model.slice(0, -suffix.length))) return true;
  return provider.listsAs?.(model, ids) === true;
}

function unlistedIn(lists: readonly IdsOfProvider[]): readonly string[] {
  return lists.filter(({ ids }) => ids === undefined).map(({ provider }) => provider.name);
}

/** A sentence for a header, which takes no other characters. */
function unknownWarning(
  { name }: AskedName,
  lists: readonly IdsOfProvider[],
  taker: string,
): string {
  const unlisted = unlistedIn(lists);
  const quoted = JSON.stringify(name.slice(0, MAX_NAME_CHARACTERS));
  const warning = `No list of models has ${quoted}, so it was sent to ${taker}` +
    (unlisted.length === 0 ? "" : `; no list could be had of ${unlisted.join(", ")}`);
  return warning.replace(/[^\x20-\x7e]/g, "?");
}

/**
 * The targets in order. Without any weight it is that of the list. With weights it is drawn anew for each
 * call: a target without a weight has 1, and one with 0 comes after all others.
 */
export function orderTargets(
  targets: readonly AliasTarget[],
  random: Random,
): readonly AliasTarget[] {
  if (targets.every(({ weight }) => weight === undefined)) return targets;
  const left = [...targets];
  const order: AliasTarget[] = [];
  while (left.length > 0) order.push(...left.splice(draw(left, random), 1));
  return order;
}

/** Index of one of the targets; the first where none has a weight above 0. */
function draw(targets: readonly AliasTarget[], random: Random): number {
  const weights = targets.map(({ weight = 1 }) => weight);
  let rest = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = weights.findIndex((weight) => (rest -= weight) < 0);
  return Math.max(0, drawn);
}

/** One of several keys is chosen by the conversation, as its target was. */
function keepingKey(resolve: ResolveTarget, sessionOf: () => Session | undefined): ResolveTarget {
  const withSession = (target: Target): Target => {
    if ((target.provider.keys?.length ?? 0) < 2) return target;
    const session = sessionOf();
    return session === undefined ? target : { ...target, session };
  };
  return () => {
    const target = resolve();
    return target instanceof Promise ? target.then(withSession) : withSession(target);
  };
}
