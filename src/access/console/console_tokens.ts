/**
 * Tokens by which the console's playground calls models as any client does: signed, for some minutes, and known
 * to every thread and machine with the installation's secret.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";
import { base64urlOf, digestKey } from "../keys/key_form.ts";
import { createSignature } from "./signature.ts";

const TOKEN_SECONDS = 15 * 60;
const PREFIX = "weir_console.";
const TOKEN = /^weir_console\.(\d{1,12})\.([\w-]*)\.([\w-]{43})$/;

export interface ConsoleToken {
  readonly token: string;
  readonly expiresMs: number;
}

/** What a token stands for. */
export interface TokenHolder {
  /** Name of the key as which it calls. */
  readonly key: string | undefined;
  readonly expiresMs: number;
}

export interface ConsoleTokens {
  readonly make: (key: string | undefined) => ConsoleToken;
  /** `undefined` for what is none of them, or was changed. */
  readonly read: (offered: string) => TokenHolder | undefined;
}

/** Who may change things, of the options of the admin API. */
interface WriterOptions {
  readonly apiKey?: string | undefined;
  readonly writers: readonly string[];
}

/** `undefined` where nobody may change anything, since a call costs money. */
export function createConsoleTokens(
  secret: Uint8Array<ArrayBuffer>,
  { apiKey, writers }: WriterOptions,
  clock: Clock,
): ConsoleTokens | undefined {
  if (apiKey === undefined && writers.length === 0) return undefined;
  const signature = createSignature(secret, "console token", digestKey(apiKey ?? ""));
  return {
    make: (key) => {
      const until = Math.floor(clock.epochMs() / 1000) + TOKEN_SECONDS;
      const text = `${until}.${base64urlOf(new TextEncoder().encode(key ?? ""))}`;
      return { token: `${PREFIX}${text}.${signature.of(text)}`, expiresMs: until * 1000 };
    },
    read: (offered) => {
      if (!offered.startsWith(PREFIX)) return undefined;
      const [, until = "", name = "", signed = ""] = TOKEN.exec(offered) ?? [];
      if (!signature.isOf(`${until}.${name}`, signed)) return undefined;
      return { key: textOf(name) || undefined, expiresMs: Number(until) * 1000 };
    },
  };
}

/** Of what was signed, so that it is whole. */
function textOf(base64url: string): string {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(Uint8Array.from(binary, (letter) => letter.charCodeAt(0)));
}
