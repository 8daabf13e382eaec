/** The unit that `weir systemd` prints, by the word of systemd itself. Needs root. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { binaryPath, runProgram } from "../../support/program.ts";
import { type WorkingDirectory, workingDirectory } from "../../support/working_directory.ts";
import { bootMachine, type Machine } from "./machine.ts";

/** In tenths: 0 is a service without any rights, 100 one that has all. */
const MAX_EXPOSURE = 15;
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

Deno.test("the service is exposed as little as it can be", async () => {
  await using directory = await unitDirectory();
  const { code, text } = await analyze(
    ...["security", "--offline=yes", "--no-pager", `--threshold=${MAX_EXPOSURE}`],
    `${directory.path}/weir.service`,
  );
  assertEquals(code, 0, text);
  // Written, so that it can be stated.
  await Deno.stdout.write(new TextEncoder().encode(/.*Overall exposure.*\n/.exec(text)?.[0] ?? ""));
});

/** A port that nobody listens on; the machine shares the network. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

const port = freePort();
const url = `http://127.0.0.1:${port}`;
const authorization = "Bearer the-secret";

function configFile(server: Record<string, unknown>): string {
  return JSON.stringify({
    server: { host: "127.0.0.1", port, ...server },
    auth: { apiKey: "credential:weir_key" },
  });
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
  await machine.run(`
    install -d -m 755 /etc/weir
    install -d -m 700 /etc/weir/credentials
    (umask 077 && echo the-secret >/etc/weir/credentials/key)
    echo '${configFile({})}' >/etc/weir/weir.jsonc
    weir systemd >/etc/systemd/system/weir.service
    systemctl daemon-reload
    systemctl enable --now weir`);
  assertEquals(await statusText(machine), `Listening on 127.0.0.1:${port}`);
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
    "(umask 077 && echo WORKERS=2 >/etc/weir/weir.env) && systemctl restart weir",
  );
  const metrics = await fetch(`${url}/metrics`, { headers: { authorization } });
  assertStringIncludes(await metrics.text(), "\nweir_workers 2\n");
}

async function stopsInItsOwnTime(machine: Machine): Promise<void> {
  await overrideUnit(machine, "TimeoutStopSec=1");
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization },
    body: JSON.stringify({
      model: "m",
      stream: true,
      messages: [{ role: "user", content: "[tokens=60] [pace=50]" }],
    }),
  });
  const text = response.text();
  await machine.run("systemctl stop weir");
  assertStringIncludes(await text, "data: [DONE]");
  assertEquals(await machine.run("systemctl show --property=Result --value weir"), "success\n");
}

async function isWatched(machine: Machine): Promise<void> {
  await overrideUnit(machine, "WatchdogSec=1");
  await machine.run(`
    kill -STOP "$(systemctl show --property=MainPID --value weir)"
    until [ "$(systemctl show --property=NRestarts --value weir)" = 1 ] &&
      systemctl is-active --quiet weir; do sleep 0.1; done`);
  const { status, body } = await fetch(`${url}/healthz`);
  await body?.cancel();
  assertEquals(status, 200);
}

async function isRemoved(machine: Machine): Promise<void> {
  await machine.run(`
    systemctl disable --now weir
    rm -r /etc/systemd/system/weir.service* /usr/local/bin/weir /etc/weir
    systemctl daemon-reload
    test -z "$(ls -d /run/weir /run/credentials/weir.service /var/lib/private/weir 2>/dev/null)"
    test -z "$(getent passwd weir)"
    test "$(systemctl show --property=LoadState --value weir)" = not-found`);
}

/** In this order. */
const STEPS: readonly (readonly [name: string, run: (machine: Machine) => Promise<void>])[] = [
  ["installed as the README says, it starts with a secret that only root can read", installs],
  ["a reload is taken, or refused and said so", reloads],
  ["weir.env sets variables that only root can read", readsEnvironmentFile],
  ["a stop waits for a stream for longer than the unit says", stopsInItsOwnTime],
  ["one that shows no sign of life is started anew", isWatched],
  ["removed as the README says, it leaves nothing behind", isRemoved],
];

Deno.test("the service under systemd: install, reload, threads, stop, watchdog, removal", async (t) => {
  await using machine = await bootMachine(weir);
  for (const [name, run] of STEPS) await t.step(name, () => run(machine));
});
