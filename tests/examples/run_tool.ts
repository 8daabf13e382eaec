/** Runs the tool that a file is made for. */

export interface ToolReport {
  readonly isContent: boolean;
  /** What it says, of either stream. */
  readonly text: string;
}

export async function runTool(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ToolReport> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    ...options,
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return { isContent: success, text };
}
