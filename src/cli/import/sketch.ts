/** A configuration in the making, from what another program or the environment says. */

import type { JsonObject, JsonValue } from "../../core/text/json.ts";

export interface Sketch {
  /** Sections of the file by name, in its form. */
  readonly sections: JsonObject;
  /** What could not be carried over, a sentence each that names it. */
  readonly left: readonly string[];
  /** What whoever takes it should know, a sentence each. */
  readonly notes: readonly string[];
}

/** What one place has, and its name where it has anything. */
export interface Found {
  readonly source: string | undefined;
  readonly sketch: Sketch;
}

/** Collects one, member by member. */
export class SketchBuilder {
  readonly #upstreams: Record<string, JsonObject> = {};
  readonly #compatible: Record<string, JsonObject> = {};
  readonly #aliases: Record<string, JsonValue> = {};
  readonly #others: Record<string, JsonObject> = {};
  readonly #left = new Set<string>();
  readonly #notes = new Set<string>();

  /** What Weir knows by name. */
  addUpstream(name: string, options: JsonObject): void {
    this.#upstreams[name] = { ...this.#upstreams[name], ...options };
  }

  /** A server under a name of its own. */
  addCompatible(name: string, options: JsonObject): void {
    this.#compatible[name] = { ...this.#compatible[name], ...options };
  }

  addAlias(name: string, targets: JsonValue): void {
    this.#aliases[name] = targets;
  }

  setOption(section: string, name: string, value: JsonValue): void {
    this.#others[section] = { ...this.#others[section], [name]: value };
  }

  leave(sentence: string): void {
    this.#left.add(sentence);
  }

  note(sentence: string): void {
    this.#notes.add(sentence);
  }

  sketch(): Sketch {
    const upstreams = {
      ...this.#upstreams,
      ...(Object.keys(this.#compatible).length > 0 && { compatible: this.#compatible }),
    };
    return {
      sections: {
        ...(Object.keys(upstreams).length > 0 && { upstreams }),
        ...(Object.keys(this.#aliases).length > 0 && { routing: { aliases: this.#aliases } }),
        ...this.#others,
      },
      left: [...this.#left],
      notes: [...this.#notes],
    };
  }
}

/** What a section is, for whoever reads the file. */
const MEANINGS: Readonly<Record<string, string>> = {
  upstreams: "Who answers: the first is asked where a model's name does not say who.",
  routing: "Names for models of your own; several targets are tried in order, or share by weight.",
  auth: "What callers need to be let in.",
  retry: "What failed and can be repeated is repeated.",
  transport: "Times of the connections to providers.",
};

/** The text of a configuration file, which says what it was made of and what is lacking. */
export function writeSketch({ sections, left, notes }: Sketch, heading: readonly string[]): string {
  const told = [
    ...heading,
    ...notes,
    ...(left.length === 0 ? [] : ["", "Not carried over:", ...left.map((line) => `- ${line}`)]),
  ];
  const members = Object.entries(sections).map(([name, value]) => {
    const meaning = MEANINGS[name];
    const text = JSON.stringify(value, null, 2).replaceAll("\n", "\n  ");
    return `${meaning === undefined ? "" : `  // ${meaning}\n`}  ${JSON.stringify(name)}: ${text}`;
  });
  return `${told.map((line) => `// ${line}`.trimEnd()).join("\n")}\n{\n${members.join(",\n\n")}\n}`;
}
