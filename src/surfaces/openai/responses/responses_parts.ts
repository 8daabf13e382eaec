/** What the surface of Responses works with. */

import type { Call, Exchange } from "../../../core/call.ts";
import type { Clock } from "../../../core/clock.ts";
import type { OwnedIds } from "../../../core/envelope.ts";
import type { ClientFormats, EncodeOptions } from "../../../core/format.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { Principal } from "../../../core/principal.ts";
import type { Provider } from "../../../core/provider/provider.ts";
import type { ResponseStore } from "../../../core/response_store.ts";
import type { BodyLimits } from "../../request/read_json_body.ts";
import type { BackgroundRuns } from "./background_runs.ts";

/** Who keeps the responses of a model: its providers, Weir, or some of them and Weir for the rest. */
export type Keeper = "providers" | "weir" | "both";

export interface ResponsesParts {
  readonly exchange: Exchange;
  readonly formats: ClientFormats;
  readonly store: ResponseStore;
  /** Whether responses that Weir writes are kept at all. */
  readonly isKeeping: boolean;
  readonly ids: OwnedIds;
  /** Who keeps the responses to a request. */
  readonly keeperOf: (asked: AskedModel) => Promise<Keeper>;
  /** Whether a provider of that name keeps responses. */
  readonly isKeptBy: (upstream: string) => boolean;
  /**
   * Where responses are that nobody remembers: the one provider that keeps any, where there are no keys whose
   * they could be.
   */
  readonly lonelyKeeper: string | undefined;
  /** `undefined` where there is none of that name any more. */
  readonly providerOf: (upstream: string) => Provider | undefined;
  /** A response that has just begun. */
  readonly beginning: (call: Call) => JsonObject;
  readonly encodeOptions: (call: Call) => EncodeOptions;
  readonly background: BackgroundRuns;
  readonly bodyLimits: BodyLimits;
  readonly clock: Clock;
  /** Silence after which whoever waits for events of a response hears that it lives. */
  readonly keepAliveMs: number | undefined;
}

export interface AskedModel {
  readonly id: string;
  readonly model: string;
  readonly principal: Principal;
}
