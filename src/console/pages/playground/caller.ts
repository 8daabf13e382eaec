/** As whom the playground calls: with a token for a few minutes, or a key that somebody has. */

import type { Key, Page, PlaygroundToken } from "../../api/answers.ts";
import { ask, mayWrite, me } from "../../api/request.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { type Choice, Field, Select, typed } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";

/** `console`, `key:NAME`, `own` with a key that is typed in, or `nobody`. */
export interface Caller {
  readonly as: string;
  readonly ownKey: string;
}

export function firstCaller(): Caller {
  const as = mayWrite() ? "console" : me.value?.needs_key === false ? "nobody" : "own";
  return { as, ownKey: "" };
}

/** A token is asked for anew where it would run out within a call. */
const MARGIN_MS = 60_000;
const tokens = new Map<string, PlaygroundToken>();

/** Rejects with `ApiError`. */
export async function tokenOf({ as, ownKey }: Caller): Promise<string | undefined> {
  if (as === "nobody") return undefined;
  if (as === "own") return ownKey.trim();
  const known = tokens.get(as);
  if (known !== undefined && Date.parse(known.expires_at) > Date.now() + MARGIN_MS) {
    return known.token;
  }
  const key = as.startsWith("key:") ? as.slice("key:".length) : undefined;
  const made = await ask<PlaygroundToken>("POST", "playground", key === undefined ? {} : { key });
  tokens.set(as, made);
  return made.token;
}

export function CallerChoice(
  { caller, onChange }: { caller: Caller; onChange: (caller: Caller) => void },
): View {
  const keys = useAnswer<Page<Key>>(mayWrite() ? "keys?limit=200" : undefined);
  const choices: Choice[] = [
    ...(mayWrite() ? [["console", "The console"] as const] : []),
    ...(keys.data?.data ?? []).filter(({ state }) => state === "active")
      .map(({ name }) => [`key:${name}`, `Key ${name}`] as const),
    ["own", "A key of my own"],
    ...(me.value?.needs_key === false
      ? [["nobody", "Nobody: no key is needed here"] as const]
      : []),
  ];
  return html`<${Field} label="Call as"><${Select} value=${caller.as} choices=${choices}
      onChange=${(as: string) => onChange({ ...caller, as })} /><//>
    ${
    caller.as === "own" && html`<${Field} label="Key"><input type="password" autocomplete="off"
      value=${caller.ownKey} onInput=${(event: Event) =>
      onChange({ ...caller, ownKey: typed(event) })} /><//>`
  }`;
}
