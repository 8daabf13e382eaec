/** What the APIs differ in around an answer: errors, events of a stream, the id of a request. */

import type { GatewayError } from "../core/gateway_error.ts";
import type { RefusalName } from "./errors.ts";

/** One of the APIs that the fake server speaks. */
export interface Api {
  /** The header of a reply that has its request's id. */
  readonly requestIdHeader: string;
  /** The frame that shows a stream to be alive before its first event. */
  readonly keepAlive: string;
  /** The data of the event that ends a stream. */
  readonly end: string;
  /** The name of the event with this data; `undefined` where the API has no names. */
  nameOf(data: string): string | undefined;
  /** An event as it is sent, where the API's streams are none of plain events; `index` counts from 0. */
  frame?(data: string, index: number): string;
  /** What stands behind the last event of a stream that is whole. */
  readonly closing?: string;
  /** Media type of a stream, where it is no stream of events. */
  readonly streamType?: string;
  /** The JSON body of the error that `[name]` asks for, and the data of a stream's error event by default. */
  refusalText(name: RefusalName, requestId: string): string;
  /** The data of a stream's error event, behind so many others. */
  errorEvent?(name: RefusalName, number: number): string;
  /** The JSON body of an error that its request has brought about. */
  errorText(error: GatewayError, requestId: string): string;
}
