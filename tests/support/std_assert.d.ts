/** Types of the assertions that the tests use; the implementation is `deno-std`'s. */

// deno-lint-ignore no-explicit-any -- Constructors of errors take arguments of any kind.
type Constructor<T> = abstract new (...parameters: any[]) => T;

export function assert(expression: unknown, message?: string): asserts expression;
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
): void;
export function assertEquals<T>(actual: T, expected: T, message?: string): void;
export function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T>;
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: Constructor<T>,
  message?: string,
): asserts actual is T;
export function assertMatch(actual: string, expected: RegExp, message?: string): void;
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
export function assertRejects<E extends Error = Error>(
  promise: () => PromiseLike<unknown>,
  errorClass?: Constructor<E>,
  messageIncludes?: string,
  message?: string,
): Promise<E>;
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T;
export function assertStringIncludes(actual: string, expected: string, message?: string): void;
export function assertThrows<E extends Error = Error>(
  action: () => unknown,
  errorClass?: Constructor<E>,
  messageIncludes?: string,
  message?: string,
): E;
export function fail(message?: string): never;
