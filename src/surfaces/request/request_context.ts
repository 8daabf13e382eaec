/** What every surface knows of a request before it reads it. */

import type { Call } from "../../core/call.ts";
import type { GatewayError } from "../../core/gateway_error.ts";
import type { Principal } from "../../core/principal.ts";

export interface RequestContext {
  readonly id: string;
  /** See `HttpRequest.peerAddress`. */
  readonly peerAddress: string;
  /** Who calls; anonymous until the request is let in. */
  principal: Principal;
  /** See `Call.account`. */
  account: string;
  /** `Clock.nowMs` at arrival. */
  readonly arrivedMs: number;
  /** Headers that the answer carries, whatever it is, such as the state of limits. */
  headers: readonly (readonly [name: string, value: string])[];
  /** What its headers say of how its calls are summed up. */
  tags?: Readonly<Record<string, string>>;
  /** Set when a call was made of the request: its outcome is reported by the exchange. */
  call: Call | undefined;
  /** Why the request failed, for the log. */
  error: GatewayError | undefined;
}
