/** What is made when it is first asked for. */

/** So that a start makes nothing that its configuration, or the calls that come, may never ask for. */
export function once<Value extends object>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => made ??= make();
}
