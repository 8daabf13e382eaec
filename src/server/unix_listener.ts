/** Listens on a Unix socket, which is a file that others may be in the way of. */

import type { SocketListener } from "./socket.ts";

/**
 * Takes the place of a socket that is left of another process; of one that still runs as well, whose clients
 * then come here. Throws what the runtime throws.
 */
export function openUnixListener(path: string): SocketListener {
  if (inodeOf(path) !== undefined) Deno.removeSync(path);
  const listener = Deno.listen({ transport: "unix", path });
  const inode = inodeOf(path);
  return {
    addr: listener.addr,
    accept: () => listener.accept(),
    close: () => {
      listener.close();
      // Not where another process has taken its place.
      if (inode !== undefined && inodeOf(path) === inode) Deno.removeSync(path);
    },
  };
}

/** Of a socket; `undefined` where there is none, or another kind of file. */
function inodeOf(path: string): number | undefined {
  try {
    const { isSocket, ino } = Deno.lstatSync(path);
    return isSocket === true ? ino ?? undefined : undefined;
  } catch {
    return undefined;
  }
}
