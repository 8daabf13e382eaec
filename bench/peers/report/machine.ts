/** The machine and the programs, in the words of the report. */

import { VERSION } from "../../../src/core/version.ts";
import { binaryPath } from "../../../tests/support/program.ts";
import { NPM_PACKAGES } from "../install.ts";

const COMMANDS = {
  processor: "grep -m1 'model name' /proc/cpuinfo | cut -d: -f2",
  count: "nproc",
  memory: "grep MemTotal /proc/meminfo | awk '{ printf \"%.0f GiB\", $2 / 1048576 }'",
  kernel: "uname -r",
  load: "cut -d' ' -f3 /proc/loadavg",
  nginx: "nginx -v 2>&1 | cut -d/ -f2",
  haproxy: "haproxy -v | head -1 | awk '{ print $3 }'",
  node: "node --version",
};

export async function describeMachine(): Promise<string> {
  const entries = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, script]) => [name, await ask(script)] as const),
  );
  const { processor, count, memory, kernel, load, nginx, haproxy, node } = Object
    .fromEntries(entries) as Record<keyof typeof COMMANDS, string>;
  const weir = binaryPath === undefined ? `from source on Deno ${Deno.version.deno}` : "as binary";
  const packages = Object.entries(NPM_PACKAGES.dependencies)
    .map(([name, version]) => `\`${name}\` ${version}`);
  return `${processor}, ${count} processors of a virtual machine, ${memory}, Linux ${kernel}, ` +
    `mean load of 15 minutes ${load}. ` +
    `Weir ${VERSION} ${weir}, nginx ${nginx}, HAProxy ${haproxy}, Node ${node}, ${
      packages.join(", ")
    }.`;
}

async function ask(script: string): Promise<string> {
  const { stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout).trim();
}
