/** The log of the program itself, whose lines are about no call. */

import type { Config } from "../config/schema.ts";
import { secretsOf } from "../config/option_tree.ts";
import type { Redact } from "../core/text/redactor.ts";
import type { Log } from "../observability/log/log.ts";
import { createRedactor } from "../observability/redact.ts";
import { redactedLog } from "../observability/log/redacted_log.ts";

/** Bugs may quote anything, so the secrets of the newest configuration are taken out. */
export class OwnLog {
  readonly log: Log;
  #redact: Redact;

  constructor(log: Log, config: Config) {
    this.#redact = redactFor(config);
    this.log = redactedLog(log, (text) => this.#redact(text));
  }

  configure(config: Config): void {
    this.#redact = redactFor(config);
  }
}

function redactFor(config: Config): Redact {
  return createRedactor({ secrets: secretsOf(config), addresses: [] }).forLog;
}
