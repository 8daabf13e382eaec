/** The command line. */

import { parseArgs } from "node:util";
import type { Priority } from "./pinned_process.ts";
import { WORK } from "./work/registry.ts";
import type { WorkItem } from "./work/work_item.ts";

export interface Options {
  readonly items: readonly WorkItem[];
  /** At most; fewer where they are sure enough. */
  readonly rounds: number;
  /** A round begins at most so long after the first one. */
  readonly minutes: number;
  /** Of one server in one round. */
  readonly seconds: number;
  /** Above 0, which root may, others on the machine get less of it. */
  readonly priority: Priority;
  /** Whether the report is written. */
  readonly writes: boolean;
  /** Whether all servers take part, so that the report may have it. */
  readonly isWhole: boolean;
  /** Whether a server takes part. */
  readonly takesPart: (name: string) => boolean;
}

/** Throws where something is not known. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      servers: { type: "string" },
      rounds: { type: "string", default: "30" },
      minutes: { type: "string", default: "3" },
      seconds: { type: "string", default: "2" },
      write: { type: "boolean", default: false },
      priority: { type: "string", default: "0" },
    },
  });
  const names = values.servers?.split(",").map((name) => name.toLowerCase());
  return {
    items: itemsCalled(values.only),
    rounds: positive("rounds", values.rounds),
    minutes: positive("minutes", values.minutes),
    seconds: positive("seconds", values.seconds),
    priority: priorityOf(values.priority),
    writes: values.write,
    isWhole: names === undefined,
    takesPart: (name) => names?.includes(name.toLowerCase()) ?? true,
  };
}

function itemsCalled(only: string | undefined): readonly WorkItem[] {
  if (only === undefined) return WORK;
  if (only === "") return [];
  return only.split(",").map((name) => {
    const item = WORK.find((item) => item.name === name);
    if (item !== undefined) return item;
    throw new Error(`--only knows ${WORK.map(({ name }) => name).join(", ")}, not "${name}"`);
  });
}

function priorityOf(text: string): Priority {
  if (text === "realtime") return text;
  if (/^(1?\d|20)$/.test(text)) return Number(text);
  throw new Error(`--priority must be 0 to 20, or "realtime", not "${text}"`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} must be a whole number from 1, not "${text}"`);
}
