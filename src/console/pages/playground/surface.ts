/** The APIs that the playground speaks: what is asked of each, and what its events say. */

/** A picture as `data:` address. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
  readonly image?: string | undefined;
}

export interface Asked {
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly system: string;
  /** A tool for the weather is offered. */
  readonly hasTool: boolean;
}

export interface Prepared {
  /** Below Weir's own address. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What an event adds to the answer. */
export interface Piece {
  readonly text?: string;
  readonly reasoning?: string;
  readonly tool?: string;
  readonly error?: string;
}

export interface Surface {
  /** As the log has it. */
  readonly name: string;
  readonly label: string;
  readonly isSocket?: boolean;
  readonly prepare: (asked: Asked) => Prepared;
  /** Of one event, parsed. */
  readonly read: (event: unknown) => Piece;
}

export const TOOL = {
  name: "get_weather",
  description: "The weather of a city",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
  },
};

/** A member of a member, whatever the event is. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let inner = value;
  for (const step of path) {
    if (typeof inner !== "object" || inner === null) return undefined;
    inner = (inner as Record<string | number, unknown>)[step];
  }
  return inner;
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** Type and base64 of a `data:` address. */
export function pictureOf(image: string): { type: string; base64: string } {
  const [head = "", base64 = ""] = image.split(",", 2);
  return { type: /^data:([^;]+)/.exec(head)?.[1] ?? "image/png", base64 };
}
