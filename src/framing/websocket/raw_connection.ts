/**
 * A connection that has changed its protocol: what goes over it after the answer 101.
 *
 * @module
 */

/** What the new protocol may do with the connection. */
export interface RawConnection {
  /**
   * Takes bytes, which then belong to the connection. A promise says that the client is behind: it resolves
   * when there is room again or the connection has ended, and never rejects.
   */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined;
  /** Of what was written, what the client has not taken. */
  readonly bufferedBytes: number;
  /**
   * Closes once what was written has left, or the client has taken none of it for the time of a write stall.
   * What the client still sends is thrown away for a moment: a connection that is closed before it was read is
   * reset, and then the client never reads why.
   */
  end(): void;
  /** Closes at once. */
  close(): void;
}

/** Speaks the new protocol. */
export interface RawProtocol {
  /** The answer has left; what the client sent in advance is received right after this returns. */
  begin(connection: RawConnection): void;
  /**
   * Bytes of the client, good until this returns, which may change them. No more are read until a promise has
   * resolved; meanwhile nobody notices that the client leaves. Not called after `end` or `close`.
   */
  receive(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined;
  /**
   * The client has ended or the connection broke, was closed or never began (the answer was another than 101,
   * or did not leave). Called once, and nothing after it.
   */
  ended(): void;
}
