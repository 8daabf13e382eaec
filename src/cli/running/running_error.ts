/** A gateway that was asked is not there, or does not answer as asked; the message says what to do. */
export class RunningError extends Error {
  override readonly name = "RunningError";
}
