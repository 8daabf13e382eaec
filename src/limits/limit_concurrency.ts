/** Bounds how many calls run at once; streams count until their end. */

import type { Call, Forward, ForwardedRequest, Layer, Reply } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { CallSlots, ReleaseSlot, SlotDemand } from "./call_slots.ts";

/** Whose slot it is, and how many that one may have. */
export type SlotsOf = (request: Call | ForwardedRequest) => Omit<SlotDemand, "signal">;

/** A layer; the wait for a slot goes into the call's trace. */
export function limitConcurrency(slots: CallSlots, slotsOf: SlotsOf, clock: Clock): Layer {
  return (next) => {
    const queued = async (call: Call, taken: Promise<ReleaseSlot>): Promise<Reply> => {
      const sinceMs = clock.nowMs();
      const release = await taken;
      call.trace.queuedMs = clock.nowMs() - sinceMs;
      return await holding(release, () => next(call));
    };
    return (call) => {
      const { key, maxCalls } = slotsOf(call);
      const taken = slots.take({ key, maxCalls, signal: call.signal });
      return taken instanceof Promise ? queued(call, taken) : holding(taken, () => next(call));
    };
  };
}

/** The same for requests that are handed through. */
export function limitForwards(slots: CallSlots, slotsOf: SlotsOf): (forward: Forward) => Forward {
  return (forward) => async (request) => {
    const release = await slots.take({ ...slotsOf(request), signal: request.signal });
    return await holding(release, () => forward(request));
  };
}

async function holding<Answer extends { readonly outcome: Promise<unknown> }>(
  release: ReleaseSlot,
  answer: () => Promise<Answer>,
): Promise<Answer> {
  try {
    const reply = await answer();
    reply.outcome.then(release);
    return reply;
  } catch (thrown) {
    release();
    throw thrown;
  }
}
