/** What looks at the texts of calls, and may change or refuse them. */

import type { ChatEvent } from "./chat/chat.ts";

/** Looks at the events of one answer. */
export interface EventGuard {
  /**
   * The same events with texts that may be shown; what may still turn out otherwise is held back.
   *
   * Throws `GatewayError` `guard_refused` where the answer must not go on.
   */
  read(events: readonly ChatEvent[]): readonly ChatEvent[];
  /** What was held back, once nothing follows. Throws as `read` does. */
  end(): readonly ChatEvent[];
}

/** Looks at the answers of one call; every try has one of its own. */
export type OpenEventGuard = () => EventGuard;

/** What a guard has found in a call. */
export interface GuardFinding {
  readonly guard: string;
  readonly action: "refuse" | "mask" | "flag";
  readonly side: "request" | "answer";
  count: number;
}
