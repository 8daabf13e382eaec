/** Another program in the place of this one, until it ends. */

/** What a shell says of a program that a signal has ended. */
const SIGNAL_CODE = 128;
/** A terminal sends these to both; whoever waits must not be gone first. */
const LEFT_TO_IT = ["SIGINT", "SIGQUIT"] as const;
const PASSED_ON = ["SIGTERM", "SIGHUP"] as const;

export interface ChildWish {
  readonly args: readonly string[];
  /** Beyond the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables of this process that it does not get. */
  readonly withoutVariables: readonly string[];
}

/** Runs it on this terminal; resolves with its exit code. Throws `Deno.errors.NotFound` where there is none. */
export async function runToItsEnd(
  program: string,
  { args, env, withoutVariables }: ChildWish,
): Promise<number> {
  const inherited = Object.entries(Deno.env.toObject())
    .filter(([name]) => !withoutVariables.includes(name));
  const child = new Deno.Command(program, {
    args: [...args],
    clearEnv: true,
    env: { ...Object.fromEntries(inherited), ...env },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  for (const name of LEFT_TO_IT) listen(name, () => {});
  for (const name of PASSED_ON) {
    listen(name, () => {
      try {
        child.kill(name);
      } catch (thrown) {
        // It has ended already.
        if (!(thrown instanceof TypeError)) throw thrown;
      }
    });
  }
  const { code, signal } = await child.status;
  return signal === null ? code : SIGNAL_CODE + (code % SIGNAL_CODE);
}

function listen(name: Deno.Signal, handle: () => void): void {
  try {
    Deno.addSignalListener(name, handle);
  } catch (thrown) {
    // Not every system has every signal.
    if (!(thrown instanceof TypeError)) throw thrown;
  }
}
