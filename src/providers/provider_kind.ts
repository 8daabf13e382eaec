/** What a kind of provider declares: its options, their variables, and how upstreams are made of them. */

import type { z } from "zod";
import type { Provider } from "../core/provider/provider.ts";

/** An environment variable and the option that it sets, a dotted path within the kind's options. */
export type OptionVariable = readonly [
  name: string,
  option: string,
  form?: "number" | "seconds" | "list" | "pairs" | "json" | undefined,
];

export interface ProviderKind<Options extends z.ZodType = z.ZodType> {
  readonly options: Options;
  /** In the order of the table in docs/providers.md. */
  readonly variables: readonly OptionVariable[];
  /** None where the options do not switch it on. */
  create(options: z.output<Options>): readonly Provider[];
}
