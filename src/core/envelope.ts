/** Texts that clients keep for Weir and send back. */

import type { FormatName } from "./chat/chat.ts";

/** Who made what is in an envelope, and may read it. */
export interface Issuer {
  readonly format: FormatName;
  readonly provider?: string;
  readonly model?: string;
}

export interface OpenedEnvelope {
  readonly text: string;
  readonly issuer: Issuer;
}

/** How every envelope begins: it names the form, so that another one can be told from it later. */
export const ENVELOPE_PREFIX = "weir1.";

/** Seals texts so that only this installation can have made them. Whoever has one can read what is in it. */
export interface Envelopes {
  seal(text: string, issuer: Issuer): string;
  /** `undefined` where it is none, was not sealed here, or was changed. */
  open(envelope: string): OpenedEnvelope | undefined;
}

/** Ids of what Weir keeps. They tell by themselves whose it is. */
export interface OwnedIds {
  /** 48 hexadecimal digits, no two alike. */
  make(owner: string): string;
  /** Whether Weir made the id, and for this owner. */
  isOf(owner: string, id: string): boolean;
}
