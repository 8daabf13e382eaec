/** Bounds how many calls run at once; streams count until their end. */

import type { Call } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { CallSlots, ReleaseSlot, SlotDemand } from "./call_slots.ts";

/** Whose slot it is, and how many that one may have. */
export type SlotsOf = (call: Call) => Omit<SlotDemand, "signal">;

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
