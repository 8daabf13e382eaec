/** A machine that runs systemd and has Weir's executable, in namespaces of this one. */

import { fileURLToPath } from "node:url";

const BOOT_SECONDS = 60;

export interface Machine extends AsyncDisposable {
  /** Runs a script of the shell as root, in `/root`; resolves with what it prints. Rejects where it fails. */
  run(script: string): Promise<string>;
}

/** @param weir Path of the executable. */
export async function bootMachine(weir: string): Promise<Machine> {
  const place = await Deno.makeTempDir();
  const boot = new Deno.Command("unshare", {
    args: [
      ...["--fork", "--kill-child", "--pid", "--mount", "--uts", "--ipc", "--cgroup"],
      ...["bash", fileURLToPath(new URL("boot.sh", import.meta.url)), place, weir],
    ],
    stdin: "null",
    stderr: "inherit",
  }).spawn();
  const machine: Machine = {
    run: (script) => shell(boot.pid, script),
    [Symbol.asyncDispose]: async () => {
      boot.kill("SIGKILL");
      await boot.status;
      await Deno.remove(place, { recursive: true });
    },
  };
  try {
    await machine.run(`timeout ${BOOT_SECONDS} systemctl is-system-running --wait`);
  } catch (error) {
    await machine[Symbol.asyncDispose]();
    throw error;
  }
  return machine;
}

/** In the namespaces of the first child of a process, which is the machine's first process. */
async function shell(unsharePid: number, script: string): Promise<string> {
  const enter = `
    until init=$(pgrep --parent ${unsharePid}) &&
      nsenter --target "$init" --mount --root --wd test -S /run/systemd/private; do
      kill -0 ${unsharePid} || exit
      sleep 0.1
    done
    exec nsenter --target "$init" --mount --pid --uts --ipc --cgroup --root --wd \\
      bash -euo pipefail -c "$0"`;
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", enter, `cd /root\n${script}`],
    stdin: "null",
  }).output();
  const [printed, complaints] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (code !== 0) throw new Error(`Ended with ${code}: ${script}\n${printed}\n${complaints}`);
  return printed ?? "";
}
