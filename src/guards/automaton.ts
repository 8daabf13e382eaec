/**
 * Regular expressions as automata that take each character once: no text makes them slow, and at any moment
 * it is known whether what was read may still become a match.
 *
 * @module
 */

import { JS, NFA } from "refa";
import { thrownMessage } from "../core/text/thrown_message.ts";

/** A larger one would take long for each character. */
const MAX_NODES = 20_000;
const CODE_UNITS = 65_536;

/** Where a character leads from a state. */
interface Edge {
  readonly from: number;
  readonly to: number;
  readonly state: number;
}

export interface Automaton {
  /** Edges of each state, which is its index; 0 is the first. They are by UTF-16 code unit. */
  readonly edges: readonly (readonly Edge[])[];
  readonly isFinal: readonly boolean[];
  /** For each code unit, 1 where a match may begin with it. */
  readonly canBegin: Uint8Array;
}

/** The pattern is none that can be used; the message completes "the pattern is not usable:". */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/** Throws `PatternError`. */
export function compilePattern(source: string, ignoresCase: boolean): Automaton {
  let nfa: NFA;
  try {
    const literal = { source, flags: ignoresCase ? "i" : "" };
    const parser = JS.Parser.fromLiteral(literal);
    const { expression, maxCharacter } = parser.parse({
      assertions: "throw",
      backreferences: "throw",
      maxNodes: MAX_NODES,
    });
    nfa = NFA.fromRegex(expression, { maxCharacter }, {}, new NFA.LimitedNodeFactory(MAX_NODES));
  } catch (thrown) {
    throw new PatternError(thrownMessage(thrown));
  }
  if (nfa.finals.has(nfa.initial)) throw new PatternError("it matches where there is nothing");
  return automatonOf(nfa);
}

function automatonOf(nfa: NFA): Automaton {
  const numbers = new Map([[nfa.initial, 0]]);
  const nodes = [nfa.initial];
  for (const node of nodes) {
    for (const [next] of node.out) {
      if (numbers.has(next)) continue;
      numbers.set(next, nodes.length);
      nodes.push(next);
    }
  }
  const canBegin = new Uint8Array(CODE_UNITS);
  for (const set of nfa.initial.out.values()) {
    for (const { min, max } of set.ranges) canBegin.fill(1, min, max + 1);
  }
  return {
    canBegin,
    edges: nodes.map((node) =>
      [...node.out].flatMap(([next, set]) =>
        set.ranges.map(({ min, max }) => ({ from: min, to: max, state: numbers.get(next) ?? 0 }))
      )
    ),
    isFinal: nodes.map((node) => nfa.finals.has(node)),
  };
}
