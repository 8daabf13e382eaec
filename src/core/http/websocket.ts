/** One WebSocket, as those on either side of it see it. */

export interface UpgradeOptions {
  /** One of those that the client offers. */
  readonly protocol: string | undefined;
  /** A client that is silent for half of it is pinged; one that is silent for all of it is given up. */
  readonly idleTimeoutMs: number;
  /** Of a message, its fragments together. */
  readonly maxMessageBytes: number;
  /** May wait for the client, beside what the connection has taken on; above it `send` makes its caller wait. */
  readonly maxBufferedBytes: number;
}

/** What the other end sends is read little further than the message that is being handled. */
export interface WebSocketConnection {
  /**
   * Called for each message, one at a time: the next waits for the promise. A text is UTF-8 that was checked.
   * The bytes belong to whoever is called.
   */
  onMessage: (bytes: Uint8Array<ArrayBuffer>, isText: boolean) => Promise<void> | void;
  /**
   * Called in the place of a message over `maxMessageBytes`, which is not kept. One that is much longer
   * closes the connection with 1009.
   */
  onOversized: () => void;
  /**
   * Called once, however it ended, and nothing is called after it: with the code of the client's close frame,
   * 1005 where that has none, with our own where the client broke the protocol, and else with 1006.
   */
  onClose: (code: number, reason: string) => void;
  /** Of what was sent, what the client has not taken. */
  readonly bufferedBytes: number;
  /**
   * Sends a text, or bytes as a binary message. A promise says that the client is behind: it resolves when
   * there is room again or the connection has ended, and never rejects. Nothing is sent once it is closing.
   */
  send(message: string | Uint8Array<ArrayBuffer>): Promise<void> | undefined;
  /** Sends a text that is UTF-8 already, in pieces that remain the caller's. As `send`. */
  sendText(...pieces: readonly Uint8Array[]): Promise<void> | undefined;
  /** Begins the closing handshake, which is bounded in time. Does nothing where it has begun. */
  close(code: number, reason: string): void;
}
