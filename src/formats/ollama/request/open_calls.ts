/**
 * Which result of a tool belongs to which call: by its id where it names one, else by its tool's name, else in
 * order. Calls without ids get some.
 *
 * @module
 */

interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/** The calls of one request. */
export class OpenCalls {
  readonly #open: OpenCall[] = [];
  #count = 0;

  /** Notes a call and returns its id. */
  open(id: string | undefined, name: string): string {
    const number = this.#count++;
    const call = { id: id === undefined || id === "" ? `call_${number}` : id, name };
    this.#open.push(call);
    return call.id;
  }

  /** The id of the call that a result answers; `undefined` where none is open. */
  answer(id: string | undefined, name: string | undefined): string | undefined {
    const byId = this.#open.findIndex((call) => call.id === id);
    const byName = this.#open.findIndex((call) => call.name === name);
    const at = byId >= 0 ? byId : Math.max(byName, 0);
    return this.#open.splice(at, 1)[0]?.id;
  }
}
