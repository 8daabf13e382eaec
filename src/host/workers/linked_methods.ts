/** What has methods alone, as a thread has it that must ask another thread. */

/** What is asked; it can be sent to another thread. */
export interface MethodQuestion<Methods> {
  readonly name: keyof Methods;
  readonly asked: readonly unknown[];
}

export type AskMethod<Methods> = (question: MethodQuestion<Methods>) => Promise<unknown>;

/** @param names Of all methods; there is no other way to know them at run time. */
export function linkMethods<Methods>(
  names: Readonly<Record<keyof Methods & string, true>>,
  ask: AskMethod<Methods>,
): Methods {
  const linked = Object.keys(names).map((name) => [
    name,
    (...asked: readonly unknown[]) => ask({ name: name as keyof Methods, asked }),
  ]);
  // The other end is of the same program, and answers as its own methods do.
  return Object.fromEntries(linked) as Methods;
}

/** Answers what other threads ask. */
export function answerFrom<Methods>(methods: Methods): AskMethod<Methods> {
  return ({ name, asked }) => {
    const answer = methods[name] as (...asked: readonly unknown[]) => Promise<unknown>;
    return answer.apply(methods, [...asked]);
  };
}
