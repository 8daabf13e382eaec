/** What only the main thread can do, as a thread has it that must ask that one. */

import type { Administration } from "../../core/administration.ts";

/** What is asked; it can be sent to another thread. */
export interface AdministrationQuestion {
  readonly name: keyof Administration;
  readonly asked: readonly string[];
}

type Ask = (question: AdministrationQuestion) => Promise<unknown>;

export function linkedAdministration(ask: Ask): Administration {
  const link = <Name extends keyof Administration>(name: Name): Administration[Name] => {
    const linked = (...asked: readonly string[]): Promise<unknown> => ask({ name, asked });
    // The other end is of the same program, and answers as its own does.
    return linked as Administration[Name];
  };
  return {
    configuration: link("configuration"),
    check: link("check"),
    reload: link("reload"),
    diagnose: link("diagnose"),
  };
}

/** Answers what the threads ask. */
export function administer(administration: Administration): Ask {
  return ({ name, asked }) => {
    const answer = administration[name] as (...asked: readonly string[]) => Promise<unknown>;
    return answer(...asked);
  };
}
