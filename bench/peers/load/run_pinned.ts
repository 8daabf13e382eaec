/** Runs a program on one processor and returns what it printed. Throws when it failed. */
export async function runPinned(core: number, command: readonly string[]): Promise<string> {
  const args = ["-c", String(core), ...command];
  const { success, stdout, stderr } = await new Deno.Command("taskset", { args }).output();
  const output = new TextDecoder().decode(stdout);
  if (!success) throw new Error(`${command[0]}: ${new TextDecoder().decode(stderr)}${output}`);
  return output;
}
