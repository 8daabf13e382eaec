/** The unit that `weir systemd` prints, by the word of systemd itself. Needs root. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { binaryPath, runProgram } from "../../support/program.ts";
import { type WorkingDirectory, workingDirectory } from "../../support/working_directory.ts";
import { bootMachine, type Machine } from "./machine.ts";

const PAGE = await Deno.readTextFile(new URL("../../../docs/operate.md", import.meta.url));
const FIRST_DYNAMIC_USER = 61_184;

if (binaryPath === undefined) throw new Error("Compile first, and set WEIR_BINARY");
const weir = binaryPath;

/** The unit in a directory of its own, with a path of the program that is there. */
async function unitDirectory(): Promise<WorkingDirectory> {
  const { output } = await runProgram({ args: ["systemd"] });
  return await workingDirectory({
    "weir.service": output.replaceAll("/usr/local/bin/weir", weir),
  });
}

async function analyze(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command("systemd-analyze", { args }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("systemd-analyze has nothing to say against the unit", async () => {
  await using directory = await unitDirectory();
  const path = `${directory.path}/weir.service`;
  assertEquals(await analyze("verify", path), { code: 0, text: "" });
  await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("UMask", "UMaks"));
  assertStringIncludes((await analyze("verify", path)).text, "UMaks");
});

Deno.test("the service is exposed as little as docs/operate.md says", async () => {
  await using directory = await unitDirectory();
  const { text } = await analyze(
    ...["security", "--offline=yes", "--no-pager", `${directory.path}/weir.service`],
  );
  const [, exposure] = /Overall exposure level for weir\.service: (\S+)/.exec(text) ?? [];
  const [, stated] = /exposure (\d\.\d) of 10/.exec(PAGE) ?? [];
  assertEquals(exposure, stated, text);
});

/** A port that nobody listens on; the machine shares the network. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

const port = freePort();
const url = `http://127.0.0.1:${port}`;
const authorization = "Bearer choose-one";

function configFile(server: Record<string, unknown>): string {
  return JSON.stringify({ server, auth: { apiKey: "credential:weir_key" } });
}

/** What docs/operate.md tells to do, in its order. */
const [, section = ""] = /^## As a service\n([^]*?)^## /m.exec(PAGE) ?? [];
const [install = "", upgrade = "", remove = "", instances = "", exchange = "", ...others] = [
  ...section.matchAll(/^```sh\n([^]*?)^```/gm),
].map(([, commands = ""]) => commands);
if (exchange === "" || others.length > 0) {
  throw new Error("docs/operate.md tells other steps than these");
}

async function statusText(machine: Machine): Promise<string> {
  return (await machine.run("systemctl show --property=StatusText --value weir")).trim();
}

/** Signals a reload, which systemd does not wait for, and waits for the service's word on it. */
async function reload(machine: Machine, config: string): Promise<string> {
  await machine.run(`
    cat >/etc/weir/weir.jsonc <<'END'
${config}
END
    before=$(journalctl --unit=weir | grep -cE '"message":"(reloaded|reload refused)"' || true)
    systemctl reload weir
    until [ "$(journalctl --unit=weir | grep -cE '"message":"(reloaded|reload refused)"')" -gt "$before" ]; do
      sleep 0.1
    done`);
  return await statusText(machine);
}

async function overrideUnit(machine: Machine, settings: string): Promise<void> {
  await machine.run(`
    mkdir -p /etc/systemd/system/weir.service.d
    printf '[Service]\\n${settings}\\n' >/etc/systemd/system/weir.service.d/override.conf
    systemctl daemon-reload
    systemctl restart weir`);
}

async function installs(machine: Machine): Promise<void> {
  // The machine shares the network of others.
  await machine.run(`mkdir /etc/weir && echo PORT=${port} >/etc/weir/weir.env`);
  await machine.run(install);
  assertEquals(await statusText(machine), `Listening on 0.0.0.0:${port}`);
  const denied = await fetch(`${url}/v1/models`);
  await denied.body?.cancel();
  const answered = await fetch(`${url}/v1/models`, { headers: { authorization } });
  await answered.body?.cancel();
  assertEquals([denied.status, answered.status], [401, 200]);
  const owner = await machine.run("stat --format=%u /proc/$(systemctl show -P MainPID weir)");
  assert(Number(owner) >= FIRST_DYNAMIC_USER, `It runs as a user of its own, not ${owner}`);
}

async function reloads(machine: Machine): Promise<void> {
  assertEquals(await reload(machine, configFile({ environment: "second" })), "Reloaded");
  assertMatch(await reload(machine, "{"), /^Reload refused/);
  const health = await (await fetch(`${url}/health`)).json();
  assertEquals(health.environment, "second");
  await reload(machine, configFile({}));
}

async function readsEnvironmentFile(machine: Machine): Promise<void> {
  await machine.run(
    "(umask 077 && echo WORKERS=2 >>/etc/weir/weir.env) && systemctl restart weir",
  );
  const metrics = await fetch(`${url}/metrics`, { headers: { authorization } });
  assertStringIncludes(await metrics.text(), "\nweir_workers 2\n");
}

/** Resolves when the stream has begun. */
function openStream(content: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization },
    body: JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content }] }),
  });
}

async function stopsInItsOwnTime(machine: Machine): Promise<void> {
  await overrideUnit(machine, "TimeoutStopSec=1");
  const text = (await openStream("[tokens=60] [pace=50]")).text();
  await machine.run("systemctl stop weir");
  assertStringIncludes(await text, "data: [DONE]");
  assertEquals(await machine.run("systemctl show --property=Result --value weir"), "success\n");
}

async function isWatched(machine: Machine): Promise<void> {
  await overrideUnit(machine, "WatchdogSec=1");
  await machine.run(`
    restarts() { systemctl show --property=NRestarts --value weir; }
    before=$(restarts)
    kill -STOP "$(systemctl show --property=MainPID --value weir)"
    until [ "$(restarts)" -gt "$before" ] && systemctl is-active --quiet weir; do sleep 0.1; done`);
  const { status, body } = await fetch(`${url}/healthz`);
  await body?.cancel();
  assertEquals(status, 200);
  await machine.run("rm -r /etc/systemd/system/weir.service.d");
}

async function isUpgraded(machine: Machine): Promise<void> {
  const processes = "systemctl show --property=MainPID --value weir";
  const before = await machine.run(processes);
  await machine.run(upgrade);
  assertNotEquals(await machine.run(processes), before);
  assertEquals(await statusText(machine), `Listening on 0.0.0.0:${port}`);
}

/** Asks on a connection of its own each time, until `isOver`; what failed is lost. */
async function askUntil(
  isOver: () => boolean,
): Promise<{ readonly answered: number; readonly lost: readonly unknown[] }> {
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  let answered = 0;
  const lost: unknown[] = [];
  while (!isOver()) {
    try {
      const response = await fetch(`${url}/healthz`, { client });
      await response.body?.cancel();
      answered++;
    } catch (thrown) {
      lost.push(thrown);
    }
  }
  return { answered, lost };
}

async function isExchanged(machine: Machine): Promise<void> {
  await machine.run("systemctl disable --now weir && rm /etc/systemd/system/weir.service");
  await machine.run(instances);
  const text = (await openStream("[tokens=100] [pace=30]")).text();
  let isOver = false;
  const asked = askUntil(() => isOver);
  await machine.run(exchange).finally(() => isOver = true);
  const { answered, lost } = await asked;
  assert(answered > 0);
  // One at a time is asked, and one is the most that may be under way when a listener closes.
  assert(lost.length <= 1 && !/refused/.test(Deno.inspect(lost)), Deno.inspect(lost));
  assertStringIncludes(await text, "data: [DONE]");
  const states = await machine.run("systemctl is-active weir@a weir@b || true");
  assertEquals(states, "inactive\nactive\n");
}

async function isRemoved(machine: Machine): Promise<void> {
  await machine.run("systemctl disable --now weir@b && rm /etc/systemd/system/weir@.service");
  await machine.run("weir systemd >/etc/systemd/system/weir.service && systemctl start weir");
  await machine.run(remove);
  await machine.run(`
    test -z "$(ls -d /run/weir /run/credentials/weir* /var/lib/private/weir 2>/dev/null)"
    test -z "$(getent passwd weir)"
    test "$(systemctl show --property=LoadState --value weir)" = not-found`);
}

/** In this order. */
const STEPS: readonly (readonly [name: string, run: (machine: Machine) => Promise<void>])[] = [
  ["installed as the page says, it starts with a secret that only root can read", installs],
  ["a reload is taken, or refused and said so", reloads],
  ["weir.env sets variables that only root can read", readsEnvironmentFile],
  ["a stop waits for a stream for longer than the unit says", stopsInItsOwnTime],
  ["one that shows no sign of life is started anew", isWatched],
  ["upgraded as the page says, another process serves", isUpgraded],
  ["exchanged by another instance as the page says, it is never away", isExchanged],
  ["removed as the page says, it leaves nothing behind", isRemoved],
];

Deno.test("the service under systemd: install, reload, threads, stop, watchdog, upgrades, removal", async (t) => {
  await using machine = await bootMachine(weir);
  for (const [name, run] of STEPS) await t.step(name, () => run(machine));
});
