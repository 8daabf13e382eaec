/** What Linux knows of a running process. */

/** Not read directly: for /proc Deno wants all permissions, for a shell just this one. */
async function shell(script: string): Promise<string> {
  const { stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout);
}

function readProc(path: string): Promise<string> {
  return shell(`cat /proc/${path}`);
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): Promise<number> {
  return bytesNamed("VmRSS", pid);
}

/** The most that it ever was. */
export function peakResidentBytes(pid: number): Promise<number> {
  return bytesNamed("VmHWM", pid);
}

async function bytesNamed(name: string, pid: number): Promise<number> {
  const status = await readProc(`${pid}/status`);
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`No resident memory for process ${pid}`);
  return Number(kibibytes) * 1024;
}

/** Microseconds on a processor since the start, of all threads that still run. */
export async function cpuMicroseconds(pid: number): Promise<number> {
  // Nanoseconds on a processor, those of waiting for one, and how often.
  const threads = (await readProc(`${pid}/task/*/schedstat`)).trim().split("\n");
  const nanoseconds = threads.map((line) => Number(line.split(" ", 1)[0]));
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1_000;
}

/** The same of the thread that the process began with, which answers the calls where no other does. */
export async function mainThreadMicroseconds(pid: number): Promise<number> {
  const [nanoseconds] = (await readProc(`${pid}/task/${pid}/schedstat`)).split(" ", 1);
  return Number(nanoseconds) / 1_000;
}

/** Connections from this machine to a port of 127.0.0.1 that are established. */
export async function connectionsTo(port: number): Promise<number> {
  const ESTABLISHED = "01";
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = (await readProc("net/tcp")).trim().split("\n").slice(1);
  return lines.filter((line) => {
    const [, , address, state] = line.trim().split(/\s+/);
    return address === remote && state === ESTABLISHED;
  }).length;
}

/** What its threads wait at, for sockets and for each other; unlike connections these do not come and go. */
export async function pollDescriptors(pid: number): Promise<number> {
  return Number(await shell(`ls -l /proc/${pid}/fd | grep -c anon_inode`));
}

/** Files, sockets and whatever else it has open. */
export async function descriptors(pid: number): Promise<number> {
  return (await shell(`ls /proc/${pid}/fd`)).trim().split("\n").length;
}
