/**
 * Makes each bench run once instead of for half a second: CI wants to know that it works.
 *
 * Loaded before the benches (`deno bench --preload .ci/bench_once.ts`), so that none of them has
 * to know about it.
 *
 * @module
 */

type Definition = Deno.BenchDefinition;

const bench = Deno.bench;

/** `Deno.bench` in any of its forms: a name, options, a function. */
function benchOnce(...parts: readonly (string | Definition["fn"] | Partial<Definition>)[]): void {
  const definition: Partial<Definition> = {};
  for (const part of parts) {
    if (typeof part === "string") definition.name = part;
    else if (typeof part === "function") definition.fn = part;
    else Object.assign(definition, part);
  }
  const { name = definition.fn?.name ?? "", fn = () => {}, ...options } = definition;
  bench({ ...options, name, fn, n: 1, warmup: 0 });
}

Object.assign(Deno, { bench: Object.assign(benchOnce, bench) });
