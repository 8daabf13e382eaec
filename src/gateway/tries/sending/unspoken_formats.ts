/**
 * Formats that providers turned out not to speak.
 *
 * Many servers speak OpenAI's API in part: they know chats and answer 404 to the address of anything newer. A
 * chat can be asked in another format then, and is, for a while, at once.
 *
 * @module
 */

import type { FormatName } from "../../../core/chat/chat.ts";
import type { Clock } from "../../../core/clock.ts";
import type { GatewayError } from "../../../core/gateway_error.ts";
import type { Provider } from "../../../core/provider/provider.ts";

/** A server may be replaced by one that knows more. */
const REMEMBERED_MS = 600_000;

/** Of a method or an address that a server does not have, whatever it says. */
const PLAIN_STATUSES: ReadonlySet<number> = new Set([405, 501]);

export class UnspokenFormats {
  readonly #clock: Clock;
  /** By provider and format: one for each format of each provider at the most. */
  readonly #untilMs = new Map<string, Map<FormatName, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has({ name }: Provider, format: FormatName): boolean {
    const formats = this.#untilMs.get(name);
    const untilMs = formats?.get(format);
    if (untilMs === undefined) return false;
    if (untilMs > this.#clock.nowMs()) return true;
    formats?.delete(format);
    return false;
  }

  note({ name }: Provider, format: FormatName): void {
    const formats = this.#untilMs.get(name) ?? new Map<FormatName, number>();
    this.#untilMs.set(name, formats);
    formats.set(format, this.#clock.nowMs() + REMEMBERED_MS);
  }
}

/** Whether a provider has no such address. Of a model that it does not have it says so. */
export function isUnknownAddress({ kind, answer, code, message }: GatewayError): boolean {
  if (kind !== "upstream_error" || answer === undefined) return false;
  if (PLAIN_STATUSES.has(answer.status)) return true;
  return answer.status === 404 && !/model/i.test(`${code} ${message}`);
}
