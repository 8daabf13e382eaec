/**
 * What a process does for whoever runs it: one thread can, and those that serve ask it. All of it is JSON, which can
 * be sent to another thread.
 *
 * @module
 */

import type { JsonValue } from "./text/json.ts";

/** One option of the configuration in force. */
export interface ShownOption {
  /** As it is written, such as `server.port`. */
  readonly name: string;
  /** Secrets are masked. */
  readonly value: JsonValue;
  /** The variable, or `file:line:column`; `null` for a default. */
  readonly origin: string | null;
}

/** Which options a configuration changes, and which of them only a restart can. */
export interface OptionChanges {
  readonly changed: readonly string[];
  readonly needRestart: readonly string[];
}

export interface Reload extends OptionChanges {
  readonly atMs: number;
  /** What asked for it: a signal, a file that changed, or an administrator by name. */
  readonly by: string;
  /** Why nothing came into force; `null` where all of it did. */
  readonly problems: string | null;
}

export interface ShownConfiguration {
  /** `null` where there is no file. */
  readonly path: string | null;
  /** As `weir check` prints it, without secrets. */
  readonly text: string;
  readonly options: readonly ShownOption[];
  /** Variables that nothing reads, a sentence each. */
  readonly warnings: readonly string[];
  /** Changed since the start, and not in force before the next. */
  readonly needRestart: readonly string[];
  /** The newest first. */
  readonly reloads: readonly Reload[];
}

export interface ConfigurationCheck extends OptionChanges {
  /** None where it could come into force. */
  readonly problems: readonly { readonly place: string; readonly message: string }[];
}

export interface Finding {
  readonly kind: "ok" | "note" | "problem";
  /** A sentence without secrets. */
  readonly text: string;
}

export interface Administration {
  readonly configuration: () => Promise<ShownConfiguration>;
  /** Whether a text could be the configuration file. Nothing comes into force. */
  readonly check: (text: string) => Promise<ConfigurationCheck>;
  /** Reads the configuration anew, and puts it into force where nothing is wrong with it. */
  readonly reload: (by: string) => Promise<Reload>;
  /** Tries a provider; `undefined` where there is none of this name. */
  readonly diagnose: (provider: string) => Promise<readonly Finding[] | undefined>;
}
