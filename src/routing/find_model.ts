/** Looks a model up among those that are served. */

import { distance } from "fastest-levenshtein";
import { GatewayError } from "../core/gateway_error.ts";
import { mayCall, type Principal } from "../core/principal.ts";
import { mergeFacts, type ModelFacts, sharedFacts } from "../core/provider/model_facts.ts";
import type { ListedModel, Model, VisibleModel } from "../core/provider/provider.ts";
import type { RoutingOptions } from "./options.ts";

const MAX_NEAREST = 3;
/** Names from clients are compared and repeated up to here. */
const MAX_NAME_CHARACTERS = 200;

type Aliases = RoutingOptions["aliases"];

/** What the upstreams list. */
export interface KnownModels {
  list(callId: string): Promise<readonly ListedModel[]>;
  /** What is known of the model that a client's name stands for, without asking anybody. */
  factsOf(name: string): ModelFacts;
}

/** The models that a caller sees: aliases and what of the lists may be called. */
export interface VisibleModels {
  readonly list: (callId: string, principal: Principal) => Promise<readonly VisibleModel[]>;
  /** Throws `not_found`. */
  readonly find: (id: string, callId: string, principal: Principal) => Promise<VisibleModel>;
}

export function visibleModels(aliases: Aliases, known: KnownModels): VisibleModels {
  const alias = (id: string) => aliasModel(id, aliases, known);
  const list: VisibleModels["list"] = async (callId, principal) => {
    const models = await known.list(callId);
    return [
      // Aliases come first, and in place of models of the same name.
      ...Object.keys(aliases).map(alias),
      ...models.filter(({ id }) => !Object.hasOwn(aliases, id)),
    ].filter(({ id }) => mayCall(principal, id));
  };
  return {
    list,
    find: async (id, callId, principal) =>
      // What an alias is called needs no list.
      Object.hasOwn(aliases, id) && mayCall(principal, id)
        ? alias(id)
        : findModel(await list(callId, principal), id),
  };
}

/** An alias as clients see it; it may stand for several models, so that it has no date of its own. */
function aliasModel(id: string, aliases: Aliases, known: KnownModels): VisibleModel {
  const ofTargets = (aliases[id] ?? []).map(({ name, emulatesTools }) =>
    mergeFacts(emulatesTools === true ? { tools: true } : {}, known.factsOf(name))
  );
  const facts = mergeFacts(known.factsOf(id), sharedFacts(ofTargets));
  return { id, object: "model", created: 0, owned_by: "weir", facts };
}

/** Throws `not_found`, naming what is near. */
export function findModel<Known extends Model>(models: readonly Known[], id: string): Known {
  const model = models.find((candidate) => candidate.id === id);
  if (model === undefined) throw modelNotFound(id, models.map((candidate) => candidate.id));
  return model;
}

/** The error for a model that nobody serves; `unlisted` are upstreams of which that is not known. */
export function modelNotFound(
  id: string,
  served: readonly string[],
  unlisted: readonly string[] = [],
): GatewayError {
  const name = id.slice(0, MAX_NAME_CHARACTERS);
  const nearest = nearestNames(name, served).map((near) => JSON.stringify(near)).join(", ");
  return new GatewayError(
    "not_found",
    `No model ${JSON.stringify(name)} is served here` +
      (nearest === "" ? "" : `; the nearest names are ${nearest}`) +
      (unlisted.length === 0 ? "" : `; no list could be had of ${unlisted.join(", ")}`) +
      "; GET /v1/models lists them all",
    { code: "model_not_found", param: "model" },
  );
}

function nearestNames(name: string, served: readonly string[]): readonly string[] {
  // Several upstreams may list the same.
  return [...new Set(served)]
    .map((candidate) => ({
      candidate,
      distance: distance(name.toLowerCase(), candidate.slice(0, MAX_NAME_CHARACTERS).toLowerCase()),
    }))
    .sort((left, right) => left.distance - right.distance)
    .slice(0, MAX_NEAREST)
    .map(({ candidate }) => candidate);
}
