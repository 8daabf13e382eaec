/** Waits for what nothing tells of. */

const PAUSE_MS = 10;

/**
 * Looks again and again until there is something to see, and resolves with it.
 *
 * @param look What it resolves with is waited for as long as it is `false` or `undefined`.
 * @throws Where one that began after the time sees nothing: how long one takes is not what is waited for.
 */
export async function until<Seen>(
  look: () => Seen | false | undefined | Promise<Seen | false | undefined>,
  timeoutMs = 20_000,
): Promise<Seen> {
  const endMs = performance.now() + timeoutMs;
  while (true) {
    const isLate = performance.now() > endMs;
    const seen = await look();
    if (seen !== false && seen !== undefined) return seen;
    if (isLate) throw new Error(`It was not so within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
