/** Where the example prints. */
interface Printer {
  readonly log: (...texts: string[]) => void;
  readonly error: (...texts: string[]) => void;
}

/** `address` is the service's, with `ws:` and without a path. */
export function webSocketExample(address: string, console: Printer): WebSocket;
