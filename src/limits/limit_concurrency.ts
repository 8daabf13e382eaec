/** Bounds how many calls run at once; streams count until their end. */

import type { Call, Forward, ForwardedRequest } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { CallSlots, ReleaseSlot, SlotDemand } from "./call_slots.ts";

/** Whose slot it is, and how many that one may have. */
export type SlotsOf = (request: Call | ForwardedRequest) => Omit<SlotDemand, "signal">;

/** Waits for a slot; how long goes into the call's trace. */
export function createTakeSlot(
  slots: CallSlots,
  slotsOf: SlotsOf,
  clock: Clock,
): (call: Call) => ReleaseSlot | Promise<ReleaseSlot> {
  const wait = async (call: Call, taking: Promise<ReleaseSlot>): Promise<ReleaseSlot> => {
    const sinceMs = clock.nowMs();
    const release = await taking;
    call.trace.queuedMs = clock.nowMs() - sinceMs;
    return release;
  };
  return (call) => {
    const { key, maxCalls } = slotsOf(call);
    const taken = slots.take({ key, maxCalls, signal: call.signal });
    return taken instanceof Promise ? wait(call, taken) : taken;
  };
}

/** The same for requests that are handed through. */
export function limitForwards(slots: CallSlots, slotsOf: SlotsOf): (forward: Forward) => Forward {
  return (forward) => async (request) => {
    const release = await slots.take({ ...slotsOf(request), signal: request.signal });
    try {
      const reply = await forward(request);
      reply.outcome.then(release);
      return reply;
    } catch (thrown) {
      release();
      throw thrown;
    }
  };
}
