/** How each upstream is, as its last requests have shown: kept for `/health`, and in memory alone. */

export interface LastFailure {
  readonly epochMs: number;
  readonly code: string;
}

/** Of one upstream; what was never seen is not there. */
export interface ProviderState {
  /** Whether the last request that says anything of it failed; absent before the first. */
  isFailing?: boolean;
  lastFailure?: LastFailure;
  /** Of its model list, while that cannot be had. */
  listFailure?: LastFailure;
}

/** Upstreams are the operator's; the bound is for many reloads. */
const MAX_PROVIDERS = 1_000;
/** A code may be an upstream's own word, and who reads `/health` may be anybody. */
const SHOWN_CODE = /^[\w.-]{1,64}$/;

/** By the names of upstreams. It outlives a configuration, so that a reload forgets nothing. */
export class ProviderStates {
  readonly #states = new Map<string, ProviderState>();

  of(name: string): Readonly<ProviderState> | undefined {
    return this.#states.get(name);
  }

  answered(name: string): void {
    this.#know(name).isFailing = false;
  }

  failed(name: string, code: string, epochMs: number): void {
    const state = this.#know(name);
    state.isFailing = true;
    state.lastFailure = { epochMs, code: shown(code) };
  }

  listed(name: string): void {
    const state = this.#states.get(name);
    if (state !== undefined) delete state.listFailure;
  }

  listFailed(name: string, code: string, epochMs: number): void {
    this.#know(name).listFailure = { epochMs, code: shown(code) };
  }

  #know(name: string): ProviderState {
    const known = this.#states.get(name);
    if (known !== undefined) return known;
    const [oldest] = this.#states.keys();
    if (oldest !== undefined && this.#states.size >= MAX_PROVIDERS) this.#states.delete(oldest);
    const state: ProviderState = {};
    this.#states.set(name, state);
    return state;
  }
}

function shown(code: string): string {
  return SHOWN_CODE.test(code) ? code : "upstream_error";
}
