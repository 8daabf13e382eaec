/** Hostile configurations: each is taken, or refused in lines that say where, and tell no secret. */

import { assert } from "@std/assert";
import { ConfigError, MAX_PROBLEMS } from "../../src/config/problems/problem.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { thrownMessage } from "../../src/core/text/thrown_message.ts";
import { chosen } from "./choice.ts";
import {
  type HostileConfiguration,
  hostileConfigurations,
} from "./configuration/hostile_configurations.ts";
import { assertNoSecret } from "./judge.ts";

const MAX_LINE_CHARACTERS = 2_000;
const MAX_MS = 20_000;

/** What a terminal would act upon, or would show as a line of its own. */
// deno-lint-ignore no-control-regex -- They are what is looked for.
const CONTROLS = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;

function judge({ file, environment }: HostileConfiguration): void {
  const startedMs = performance.now();
  try {
    readConfig({
      environment,
      ...(file !== undefined && { file: { path: "weir.jsonc", text: file } }),
    });
  } catch (thrown) {
    assert(thrown instanceof ConfigError, `Thrown was ${thrown}`);
    const { message, problems } = thrown;
    assert(
      problems.length > 0 && problems.length <= MAX_PROBLEMS + 1,
      `${problems.length} problems`,
    );
    assertNoSecret(message, "a problem");
    assert(!CONTROLS.test(message), message.slice(0, 300));
    for (const line of message.split("\n")) {
      assert(line.length < MAX_LINE_CHARACTERS, `A line of ${line.length}: ${line.slice(0, 200)}`);
      assert(/^\S.*: \S/.test(line), `A line without a place: ${line.slice(0, 200)}`);
    }
  }
  const tookMs = performance.now() - startedMs;
  assert(tookMs < MAX_MS, `It took ${tookMs} ms`);
}

for (const [kind, all] of Object.entries(hostileConfigurations)) {
  const rows = chosen(all);
  Deno.test(`${rows.length} hostile ${kind} of a configuration are taken or refused in words`, () => {
    const problems = rows.flatMap((row) => {
      try {
        judge(row);
        return [];
      } catch (thrown) {
        return [`${row.name}: ${thrownMessage(thrown)}`];
      }
    });
    assert(Object.getPrototypeOf({}).port === undefined, "An object of all was changed");
    assert(problems.length === 0, `${problems.length} do not hold:\n${problems.join("\n\n")}`);
  });
}
