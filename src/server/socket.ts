/** What a connection needs of a socket; `Deno.Conn` has it. */
export interface ClientSocket {
  read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null>;
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Says that nothing more will be written. */
  closeWrite(): Promise<void>;
  close(): void;
}

/** What is needed of `Deno.Listener`. */
export interface SocketListener {
  readonly addr: Deno.Addr;
  accept(): Promise<AcceptedSocket>;
  close(): void;
}

export interface AcceptedSocket extends ClientSocket {
  readonly remoteAddr: Deno.Addr;
  /** Only TCP has it. */
  setNoDelay?(noDelay: boolean): void;
}
