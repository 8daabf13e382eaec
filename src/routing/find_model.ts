/** Looks a model up among those that are served. */

import { distance } from "fastest-levenshtein";
import { GatewayError } from "../core/gateway_error.ts";
import { mayCall, type Principal } from "../core/principal.ts";
import type { Model } from "../core/provider/provider.ts";

const MAX_NEAREST = 3;
/** Names from clients are compared and repeated up to here. */
const MAX_NAME_CHARACTERS = 200;

/** The models that a caller sees: aliases and what of the lists may be called. */
export interface VisibleModels<Known extends Model> {
  readonly list: (callId: string, principal: Principal) => Promise<readonly (Known | Model)[]>;
  /** Throws `not_found`. */
  readonly find: (id: string, callId: string, principal: Principal) => Promise<Known | Model>;
}

/** @param listed What the upstreams list. */
export function visibleModels<Known extends Model>(
  aliases: Readonly<Record<string, unknown>>,
  listed: (callId: string) => Promise<readonly Known[]>,
): VisibleModels<Known> {
  const list: VisibleModels<Known>["list"] = async (callId, principal) => {
    const models = withAliases(aliases, await listed(callId));
    return models.filter(({ id }) => mayCall(principal, id));
  };
  return {
    list,
    find: async (id, callId, principal) =>
      // What an alias is called needs no list.
      Object.hasOwn(aliases, id) && mayCall(principal, id)
        ? aliasModel(id)
        : findModel(await list(callId, principal), id),
  };
}

/** Aliases as a list has them: first, and in place of models of the same name. */
export function withAliases<Known extends Model>(
  aliases: Readonly<Record<string, unknown>>,
  models: readonly Known[],
): readonly (Known | Model)[] {
  return [
    ...Object.keys(aliases).map(aliasModel),
    ...models.filter(({ id }) => !Object.hasOwn(aliases, id)),
  ];
}

/** An alias as clients see it; it may stand for several models, so that it has no date of its own. */
export function aliasModel(id: string): Model {
  return { id, object: "model", created: 0, owned_by: "weir" };
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
