/** How a provider's server is reached, where that is not how all are. */

/** One object for a provider: connections are kept by it. */
export interface Connection {
  /** Most at once. */
  readonly maxConnections?: number | undefined;
  readonly connectTimeoutMs?: number | undefined;
  /** Time allowed from sending a request to the headers of its answer. */
  readonly headersTimeoutMs?: number | undefined;
  /** Certificates (PEM) that are trusted in addition to all others. */
  readonly caCerts?: readonly string[] | undefined;
  /** What Weir shows of itself (PEM). */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string } | undefined;
  /** Path of the socket that the server listens on, in place of the address's host and port. */
  readonly unixSocket?: string | undefined;
}
