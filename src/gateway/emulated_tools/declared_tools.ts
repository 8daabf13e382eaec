/** The tools that a request declares, as far as they may be called. */

import type { Tool } from "../../core/chat/chat.ts";

/** Names of OpenAI's tools in the words of its own models. */
const PREFIX = "functions";

export class DeclaredTools {
  readonly all: readonly Tool[];
  readonly #byName: ReadonlyMap<string, Tool>;
  readonly #bareNames: readonly string[];

  constructor(all: readonly Tool[]) {
    this.all = all;
    // Of two that differ in how they are written alone, the exact name decides.
    const bare = all.toReversed().map((tool) => [bareOf(tool.name), tool] as const);
    this.#byName = new Map([...bare, ...all.map((tool) => [tool.name, tool] as const)]);
    this.#bareNames = bare.map(([name]) => name);
  }

  /** The tool of a name, however a model writes it: `Get-Weather`, `functions.get_weather`. */
  find(name: string): Tool | undefined {
    return this.#byName.get(name) ?? this.#byName.get(bareOf(name)) ??
      this.#byName.get(bareOf(name).replace(PREFIX, ""));
  }

  /** Whether a name that begins so may be one of them. */
  couldBegin(beginning: string): boolean {
    const bare = bareOf(beginning);
    return this.#bareNames.some((name) =>
      name.startsWith(bare) || (PREFIX + name).startsWith(bare)
    );
  }
}

function bareOf(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
