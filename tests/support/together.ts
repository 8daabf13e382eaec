/**
 * Cases that share what they need, such as a gateway with the same settings: to start it costs more
 * than most of them.
 *
 * @module
 */

import type { Program } from "./program.ts";

export interface SharedScene extends AsyncDisposable {
  readonly weir: Program;
}

/** Adds a case; what it does to the scene must not matter to the others. */
export type AddCase<Scene> = (name: string, run: (scene: Scene) => Promise<void>) => void;

/**
 * One test whose steps are the cases, in the order in which they are added; its scene ends with it.
 *
 * Of the gateway's output each case sees what is printed from its beginning on, and not what others made it print.
 */
export function together<Scene extends SharedScene>(
  name: string,
  open: () => Scene | Promise<Scene>,
): AddCase<Scene> {
  const cases: (readonly [string, (scene: Scene) => Promise<void>])[] = [];
  Deno.test(name, async (test) => {
    await using scene = await open();
    for (const [name, run] of cases) {
      await test.step(name, () => run({ ...scene, weir: scene.weir.fromNow() }));
    }
  });
  return (name, run) => {
    cases.push([name, run]);
  };
}

/** Several things that are ended together, the last that was started first. */
export function endedWith<Things extends Readonly<Record<string, AsyncDisposable>>>(
  things: Things,
): Things & AsyncDisposable {
  return {
    ...things,
    [Symbol.asyncDispose]: async () => {
      for (const thing of Object.values(things).toReversed()) await thing[Symbol.asyncDispose]();
    },
  };
}
