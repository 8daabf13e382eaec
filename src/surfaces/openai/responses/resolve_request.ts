/**
 * Puts in place what a request refers to: a response before it, and items of others.
 *
 * What Weir keeps stands in the request in its place, so that any provider can answer. What a provider keeps
 * stays a reference, and binds the request to that provider.
 *
 * @module
 */

import { patchToMatch } from "../../../bytes/json/patch.ts";
import type { Call } from "../../../core/call.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import type { KeptResponse, ResponseKey } from "../../../core/response_store.ts";
import { itemNotFound, previousNotFound, shown } from "./not_found.ts";
import type { ResponsesParts } from "./responses_parts.ts";

export interface ResolvedRequest {
  /** The body as it goes on. */
  readonly json: JsonObject;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its own items, without those of the responses before it. */
  readonly items: readonly JsonValue[];
  /** A response of Weir's own that it goes on from. */
  readonly previous: string | undefined;
  readonly refusalOf?: Call["refusalOf"];
}

type StoreParts = Pick<ResponsesParts, "store" | "ids" | "isKeeping" | "lonelyKeeper">;

/** Ids of items that Weir has made hold that of their response. */
const OWN_ITEM_ID = /_([0-9a-f]{48})_\d+$/;
const OWN_RESPONSE_ID = /^resp_([0-9a-f]{48})$/;

/** Whether Weir has made the id of a response, for this owner. Those of OpenAI look the same. */
export function isOwnId({ ids }: Pick<StoreParts, "ids">, { id, owner }: ResponseKey): boolean {
  const [, token] = OWN_RESPONSE_ID.exec(id) ?? [];
  return token !== undefined && ids.isOf(owner, token);
}

/** Throws `invalid_request` where something is referred to that is not there. */
export async function resolveRequest(
  parts: StoreParts,
  owner: string,
  json: JsonObject,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<ResolvedRequest> {
  const given = itemsOf(json["input"]);
  const items = await withItems(parts, owner, given);
  const { previous_response_id: previous } = json;
  if (previous === undefined || previous === null) {
    const wanted = items === given ? json : { ...json, input: items };
    return { ...changed(bytes, json, wanted), items, previous: undefined };
  }
  if (typeof previous !== "string") {
    throw new GatewayError("invalid_request", "previous_response_id must be the id of a response", {
      param: "previous_response_id",
    });
  }
  const history = await parts.store.history({ id: previous, owner });
  if (history === undefined) {
    const upstream = await issuerOf(parts, owner, previous);
    const wanted = items === given ? json : { ...json, input: items };
    const refusalOf = boundTo(upstream, previous);
    return { ...changed(bytes, json, wanted), items, previous: undefined, refusalOf };
  }
  const before = history.flatMap(itemsOfKept);
  const { previous_response_id: _, ...rest } = json;
  const wanted = { ...rest, input: [...before, ...items] };
  return { ...changed(bytes, json, wanted), items, previous };
}

/** The items that an input is, which may be a text. Anything else is the provider's to judge. */
export function itemsOf(input: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(input)) return input;
  if (typeof input !== "string") return [];
  return [{ type: "message", role: "user", content: [{ type: "input_text", text: input }] }];
}

/** The items of a kept response: what it was asked with, and what it has answered. */
function itemsOfKept(response: KeptResponse): readonly JsonValue[] {
  const { status, output } = parse(response.answer) as JsonObject;
  if (status === "queued" || status === "in_progress") {
    throw new GatewayError(
      "invalid_request",
      `The response '${shown(response.id)}' is still running; wait until it is over`,
      { code: "previous_response_in_progress", param: "previous_response_id" },
    );
  }
  return [...parse(response.input) as JsonValue[], ...(Array.isArray(output) ? output : [])];
}

/** Name of the provider that keeps a response of this owner. */
async function issuerOf(parts: StoreParts, owner: string, id: string): Promise<string> {
  const { store, isKeeping, lonelyKeeper } = parts;
  const key = { id, owner };
  const found = await store.find(key);
  if (found.kind === "issued") return found.upstream;
  const mayBeTheirs = found.kind === "unknown" && !isOwnId(parts, key);
  if (mayBeTheirs && lonelyKeeper !== undefined) return lonelyKeeper;
  throw previousNotFound(id, isKeeping);
}

function boundTo(upstream: string, id: string): Call["refusalOf"] {
  return ({ provider }) =>
    provider.name === upstream ? undefined : new GatewayError(
      "invalid_request",
      `The response '${
        shown(id)
      }' is kept by the upstream "${upstream}", which this request does ` +
        "not go to; name a model of it, or send the whole conversation as input",
      { code: "previous_response_not_found", param: "previous_response_id" },
    );
}

/** The same list where it refers to nothing of Weir's. */
async function withItems(
  { store, ids }: StoreParts,
  owner: string,
  items: readonly JsonValue[],
): Promise<readonly JsonValue[]> {
  const answers = new Map<string, readonly JsonValue[]>();
  const resolve = async (item: JsonValue, index: number): Promise<JsonValue> => {
    const id = referenceOf(item);
    const [, token] = id === undefined ? [] : OWN_ITEM_ID.exec(id) ?? [];
    if (id === undefined || token === undefined) return item;
    if (!ids.isOf(owner, token)) throw itemNotFound(id, index);
    let output = answers.get(token);
    if (output === undefined) {
      const found = await store.find({ id: `resp_${token}`, owner });
      if (found.kind !== "kept") throw itemNotFound(id, index);
      output = itemsOfKept(found.response);
      answers.set(token, output);
    }
    const referred = output.find((candidate) => isJsonObject(candidate) && candidate["id"] === id);
    if (referred === undefined) throw itemNotFound(id, index);
    return referred;
  };
  if (!items.some((item) => referenceOf(item) !== undefined)) return items;
  const resolved: JsonValue[] = [];
  for (const [index, item] of items.entries()) resolved.push(await resolve(item, index));
  return resolved.every((item, index) => item === items[index]) ? items : resolved;
}

function referenceOf(item: JsonValue): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const { type, id } = item;
  // An item may stand for another by its id alone.
  const isBare = (type === undefined || type === null) &&
    Object.keys(item).every((name) => name === "id" || name === "type");
  return (type === "item_reference" || isBare) && typeof id === "string" ? id : undefined;
}

function changed(
  bytes: Uint8Array<ArrayBuffer>,
  before: JsonObject,
  after: JsonObject,
): Pick<ResolvedRequest, "json" | "bytes"> {
  return { json: after, bytes: after === before ? bytes : patchToMatch(bytes, before, after) };
}

export function parse(bytes: Uint8Array): JsonValue {
  return JSON.parse(new TextDecoder().decode(bytes)) as JsonValue;
}
