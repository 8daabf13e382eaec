/** The tasks of deno.json and the files around them, where they must agree. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import denoJson from "../deno.json" with { type: "json" };
import { testFiles } from "./batches.ts";

type Task = { readonly description: string; readonly command?: string };
const TASKS: Readonly<Record<string, Task>> = denoJson.tasks;

/** The flags that decide what the program may do and how the runtime treats it. */
function runtimeFlags(command = ""): string[] {
  return command.split(" ").filter((word) =>
    /^--(allow|deny|no-prompt|unstable|v8-flags)/.test(word)
  ).sort();
}

Deno.test("every way to run the program has the same permissions", () => {
  const expected = runtimeFlags(TASKS["serve"]?.command);
  assert(expected.length > 0, "deno task serve grants nothing");
  for (const name of ["weir", "dev", "fake", "embed"]) {
    assertEquals(runtimeFlags(TASKS[name]?.command), expected, name);
  }
});

Deno.test("who cannot fetch the runtime for the executable is told what to do", () => {
  assertMatch(TASKS["embed"]?.command ?? "", /\|\| \(echo '.*DENORT_BIN.*' >&2 && exit 1\)$/);
});

/** The runtime asks its maker for a newer version at the start of any program that it is told to run. */
Deno.test("no task that runs a program calls home", () => {
  const commands = Object.entries(TASKS).map(([name, { command = "" }]) =>
    [name, command.split("deno run ").slice(0, -1)] as const
  );
  assert(commands.filter(([, before]) => before.length > 0).length > 3);
  for (const [name, before] of commands) {
    for (const words of before) assertMatch(words, /(^|&& )DENO_NO_UPDATE_CHECK=1 $/, name);
  }
});

Deno.test("every test file is run by a task", () => {
  const [, except = ""] = / --except=(\S+) tests /.exec(TASKS["test"]?.command ?? "") ?? [];
  const folders = except.split(",");
  const named = Object.values(TASKS).flatMap(({ command = "" }) => command.split(" "));
  for (const folder of folders) {
    assert(named.some((word) => `${word}/`.startsWith(`${folder}/`)), `${folder} has no task`);
  }
  const outside = testFiles("src").concat(testFiles("bench"), testFiles("release"));
  assertEquals(outside, [], "Tests are found below the folder tests alone");
  assert(testFiles("tests", folders).length > 350);
});

/**
 * What starts the browser looks at all of the system, down to `/proc`; Postgres is run as another user; what boots a
 * machine mounts one.
 */
const MAY_DO_ANYTHING = ["browser", "postgres", "soak:console", "soak:whole", "systemd"];
/** The program gives up by itself what its command does not need (src/host/system/permissions.ts). */
const PROGRAM = ["serve", "weir", "dev", "fake", "embed"];

Deno.test("no task grants everything, and each says what it does", () => {
  for (const [name, { description, command = "" }] of Object.entries(TASKS)) {
    const grantsAll = / (-A|--allow-all|--allow-run) /.test(command);
    assertEquals(grantsAll, [...MAY_DO_ANYTHING, ...PROGRAM].includes(name), name);
    assert(description.length > 0, name);
  }
});

Deno.test("README, docs, CI and Dockerfile use the same version of Deno", async () => {
  const versions = new Set<string>();
  for (
    const path of [
      "README.md",
      "docs/getting-started.md",
      "CONTRIBUTING.md",
      ".ci/run",
      "Dockerfile",
    ]
  ) {
    const text = await Deno.readTextFile(new URL(`../${path}`, import.meta.url));
    const found = [...text.matchAll(/\bdeno[@:](\d+\.\d+\.\d+)/g)].map(([, version = ""]) =>
      version
    );
    assert(found.length > 0, `${path} names no version`);
    for (const version of found) versions.add(version);
  }
  assertEquals(versions.size, 1, [...versions].join(", "));
});
