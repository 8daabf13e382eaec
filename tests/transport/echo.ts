/**
 * Tells when everything that was sent over loopback connections of this process has been read.
 *
 * @module
 */

/** A connection of the process with itself. */
export class Echo {
  readonly #near: Deno.Conn;
  readonly #far: Deno.Conn;

  private constructor(near: Deno.Conn, far: Deno.Conn) {
    this.#near = near;
    this.#far = far;
  }

  static async open(): Promise<Echo> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const [near, far] = await Promise.all([
      Deno.connect({ hostname: "127.0.0.1", port }),
      listener.accept(),
    ]);
    listener.close();
    return new Echo(near, far);
  }

  /**
   * Resolves when reads that wait have seen what was sent before.
   *
   * A byte that goes there and back twice is told of by the system later than those, which a
   * timer need not be: the event loop may run timers for a while before it asks the system.
   */
  async settle(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      await pass(this.#near, this.#far);
      await pass(this.#far, this.#near);
    }
  }

  close(): void {
    this.#near.close();
    this.#far.close();
  }
}

async function pass(source: Deno.Conn, target: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(16);
  const arrived = target.read(buffer);
  await source.write(Uint8Array.of(1));
  await arrived;
}
