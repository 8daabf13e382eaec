/** The providers of the soak, in its own process, so that it knows what they still have to do. */

import { createFakeApp } from "../../src/fake/app.ts";
import { type FaultUpstream, startFaultUpstream } from "../faults/fault_upstream.ts";

const MAX_BODY_BYTES = 10_000_000;

export interface SoakUpstreams extends AsyncDisposable {
  /** Addresses with `/v1`. */
  readonly steady: string;
  readonly faulty: string;
  /** Answers that are neither finished nor cancelled. */
  open(): number;
  /** Requests that had to be answered so far. */
  asked(): number;
  /** A fault was named in a call's prompt, under the call's id. */
  noteFault(id: string): void;
}

export function startUpstreams(): SoakUpstreams {
  const steady = startSteady();
  const faulty: FaultUpstream = startFaultUpstream();
  const faultIds = new Set<string>();
  return {
    steady: steady.baseUrl,
    faulty: faulty.baseUrl,
    open: steady.open,
    asked: steady.asked,
    noteFault: (id) => void faultIds.add(id),
    [Symbol.asyncDispose]: async () => {
      await faulty[Symbol.asyncDispose]();
      await steady.server.shutdown();
    },
  };
}
