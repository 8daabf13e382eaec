/**
 * Stands in for systemd: prints what arrives at a datagram socket, a line of JSON each.
 *
 * A program of its own, because the tests have no right to open such sockets.
 *
 * @module
 */

const [path = ""] = Deno.args;
const socket = Deno.listenDatagram({ transport: "unixpacket", path });
await print({ isListening: true });
for await (const [bytes] of socket) await print(new TextDecoder().decode(bytes).split("\n"));

async function print(value: unknown): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
}
