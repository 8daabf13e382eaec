/** The tools of one request to a model that has none, and what became of asking for them. */

import type { ToolChoice, Usage } from "../../core/chat/chat.ts";
import type { DeclaredTools } from "./declared_tools.ts";

/** The model wrote something that should be a call and is none. */
export interface FailedCall {
  /** What it wrote. */
  readonly text: string;
  /** A sentence each, for the model. */
  readonly problems: readonly string[];
  readonly usage: Usage | undefined;
}

/** What a request was rewritten with, so that its answer is read by the same. */
export interface EmulatedTools {
  readonly declared: DeclaredTools;
  /** `none` is emulated as well: the conversation may hold calls, and the answer is then text alone. */
  readonly choice: ToolChoice;
  readonly isParallel: boolean;
  /** What an earlier request for the same call came to; where there is one, there is no further. */
  readonly failed: FailedCall | undefined;
  /** Told by the reader of the answer, before it fails the try with `INVALID_CALL`. */
  readonly noteFailure: (failed: FailedCall) => void;
}

/** Code of the fault that a call ends with which may be asked for again. */
export const INVALID_CALL = "invalid_tool_call";

/** Code of the fault of an answer that has to be a call and is none. */
export const MISSING_CALL = "missing_tool_call";
