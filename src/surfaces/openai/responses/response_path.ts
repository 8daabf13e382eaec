/** What is asked for below the path of responses. */

import { decodeSegment } from "../../request/decode_segment.ts";

export const RESPONSES = "/responses";

/** Endpoints that calls are made of. */
export const RESPONSES_CALLS = ["/responses", "/responses/input_tokens", "/responses/compact"];

export type ResponseAction = "response" | "cancel" | "input_items";

export interface ResponsePath {
  readonly id: string;
  readonly action: ResponseAction;
}

const PATH = /^\/responses\/([^/]+)(?:\/(cancel|input_items))?\/?$/;

/** `undefined` where the endpoint is none of a response. Throws `invalid_request` for an id that is none. */
export function responsePathOf(endpoint: string): ResponsePath | undefined {
  const [, id, action = "response"] = PATH.exec(endpoint) ?? [];
  if (id === undefined) return undefined;
  return { id: decodeSegment(id, "response_id"), action: action as ResponseAction };
}
