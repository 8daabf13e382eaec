/** A kind of work, and what is measured of it. */

import type { ServerKind } from "../servers/server.ts";

/** A figure that every server has, if its work has it at all. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly digits: number;
  /** Whether more of it is better. */
  readonly isGain: boolean;
  /** Whether the table shows the ratio of Weir's to it. */
  readonly isCompared: boolean;
  /** What a server adds to the figure of the upstream itself. */
  readonly isAdded?: boolean;
}

/** Figures of one server in one round, by the name of their measure. */
export type Figures = Readonly<Record<string, number>>;

/** The work with its upstream running. */
export interface RunningWork {
  /** One round of one server, by its name. */
  measure(name: string, seconds: number): Promise<Figures>;
  stop(): Promise<void>;
}

export interface WorkItem {
  readonly name: string;
  readonly title: string;
  /** Servers beyond these do not take part. */
  readonly servers: readonly ServerKind[];
  readonly measures: readonly Measure[];
  /** For the report, beside the title. */
  readonly note?: string;
  start(kinds: readonly ServerKind[]): Promise<RunningWork>;
}

/** A measure with a ratio. */
export function gain(name: string, unit: string, digits = 0): Measure {
  return { name, unit, digits, isGain: true, isCompared: true };
}

export function cost(name: string, unit: string, digits = 0): Measure {
  return { name, unit, digits, isGain: false, isCompared: true };
}

/** Of what a server adds to the figure of the upstream itself. */
export function added(name: string, unit: string): Measure {
  return { ...cost(name, unit), isAdded: true };
}

/** Shown without a ratio. */
export function plain(name: string, unit: string, digits = 0): Measure {
  return { ...cost(name, unit, digits), isCompared: false };
}
