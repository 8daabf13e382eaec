/** The program cannot begin to serve, through no bug of its own; the message says why. */
export class StartError extends Error {
  override readonly name: string = "StartError";
}
