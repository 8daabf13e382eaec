/** Starts a script of this folder that prints the address it listens on. */

export interface Script {
  readonly url: string;
  signal(name: Deno.Signal): void;
}

export async function startScript(file: string, ...args: readonly string[]): Promise<Script> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", new URL(file, import.meta.url).pathname, ...args],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`${file} ended before it listened`);
    text += value;
  }
  return { url: text.trim(), signal: (name) => child.kill(name) };
}
