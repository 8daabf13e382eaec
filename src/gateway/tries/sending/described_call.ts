/** A call in the words of one target, and what is needed to send it. */

import type { WatchAttempt } from "../../../core/provider/attempt_watch.ts";
import type { Reply } from "../../../core/call.ts";
import type { Clock } from "../../../core/clock.ts";
import type { Usage } from "../../../core/chat/chat.ts";
import type { GatewayError } from "../../../core/gateway_error.ts";
import type { Spending } from "../../../core/ledger/spending.ts";
import type { Redactor } from "../../../core/text/redactor.ts";
import type {
  ProviderRequest,
  ProviderResponse,
  Transport,
} from "../../../core/provider/transport.ts";
import type { Attempt } from "../attempt.ts";
import type { RelayOptions } from "../../options.ts";
import type { ProviderKeys } from "../keys/provider_keys.ts";
import type { UnspokenFormats } from "./unspoken_formats.ts";

export interface SendParts {
  readonly transport: Transport;
  readonly relay: RelayOptions;
  readonly redactor: Redactor;
  /** Told of every request; `undefined` where nobody listens. */
  readonly watchAttempt: WatchAttempt | undefined;
  readonly clock: Clock;
  readonly unspoken: UnspokenFormats;
  readonly keys: ProviderKeys;
  /** `undefined` counts no money. */
  readonly spending: Spending | undefined;
}

/** A call in the words of one target. */
export interface DescribedCall {
  /** Made anew for each try. */
  readonly request: () => ProviderRequest;
  readonly warnings: readonly string[];
  readonly answer: (
    response: ProviderResponse,
    attempt: Attempt,
    sentMs: number,
  ) => Reply | Promise<Reply>;
  /** As it may be taken after it was refused in this way; `undefined` where there is no other. */
  readonly otherwise?: (error: GatewayError) => DescribedCall | undefined;
  /** The target has this address. */
  readonly known?: () => void;
  readonly isUnsealed?: boolean;
  /** Of an earlier request of the call; what its answer tells contains it. */
  readonly usageBefore?: Usage | undefined;
}
