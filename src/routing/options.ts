/** How models are routed. */

import * as z from "zod";

const MAX_ALIASES = 1_000;
const MAX_TARGETS = 16;

/** One of the targets that an alias stands for. */
export interface AliasTarget {
  /** A model's name as a client could ask for it: `model` or `upstream/model`. */
  readonly name: string;
  /** Share of the calls that try it first; `undefined` where none was given. */
  readonly weight: number | undefined;
  /** Its calls of tools are made of what it writes. */
  readonly emulatesTools?: boolean;
  /** What smaller bounds of the output are raised to. */
  readonly minOutputTokens?: number;
}

const MAX_NAME_CHARACTERS = 256;

const describedTarget = z.strictObject({
  target: z.string().describe("A model, or `upstream/model`."),
  weight: z.number().min(0).max(1_000_000).optional().describe(
    "Share of the calls that try it first; 1 where only others have one, 0 for what comes last.",
  ),
  tools: z.enum(["native", "emulate"]).optional().describe(
    "`emulate` for a model that calls no tools: it is told of them in its prompt, and calls are made of what it writes. As its upstream has it if not set.",
  ),
  minOutputTokens: z.int().min(1).max(10_000_000).optional().describe(
    "What a smaller bound of the output is raised to, in tokens, for clients that set one under which every answer is cut off. Requests without a bound stay as they are.",
  ),
});
const listedTarget = z.union([z.string(), describedTarget]);

const alias = z.union([z.string(), describedTarget, z.array(listedTarget)])
  .transform((given): AliasTarget[] =>
    (typeof given === "string" ? given.split("|") : Array.isArray(given) ? given : [given])
      .map(readTarget)
  )
  .refine(
    ({ length }) => length > 0 && length <= MAX_TARGETS,
    `must name 1 to ${MAX_TARGETS} targets`,
  )
  .refine(
    (targets) => targets.every(({ name }) => name !== "" && name.length <= MAX_NAME_CHARACTERS),
    `must name targets of 1 to ${MAX_NAME_CHARACTERS} characters`,
  )
  .refine(
    (targets) => new Set(targets.map(({ name }) => name)).size === targets.length,
    "must not name a target twice",
  );

function readTarget(given: z.infer<typeof listedTarget>): AliasTarget {
  if (typeof given === "string") return { name: given.trim(), weight: undefined };
  const { target, weight, tools, minOutputTokens } = given;
  return {
    name: target.trim(),
    weight,
    ...(tools !== undefined && { emulatesTools: tools === "emulate" }),
    ...(minOutputTokens !== undefined && { minOutputTokens }),
  };
}

/**
 * The aliases between an alias and itself, where each has no other target; `undefined` where it ends
 * elsewhere. One of several targets may have the alias's own name: the others are for when it fails.
 */
function wayBack(
  name: string,
  aliases: Readonly<Record<string, readonly AliasTarget[]>>,
): readonly string[] | undefined {
  // A list would be gone through for each: seconds, for as many aliases as there may be.
  const way = new Set<string>();
  for (let at = name; way.size <= MAX_ALIASES;) {
    const [target, other] = Object.hasOwn(aliases, at) ? aliases[at] ?? [] : [];
    if (target === undefined || other !== undefined) return undefined;
    if (target.name === name) return [...way];
    if (way.has(target.name)) return undefined;
    way.add(target.name);
    at = target.name;
  }
  return undefined;
}

export const routingOptions = z.strictObject({
  aliases: z.record(z.string().min(1).max(MAX_NAME_CHARACTERS), alias).refine(
    (aliases) => Object.keys(aliases).length <= MAX_ALIASES,
    { error: `must be ${MAX_ALIASES} at the most`, abort: true },
  ).superRefine((aliases, { addIssue }) => {
    for (const name of Object.keys(aliases)) {
      const way = wayBack(name, aliases);
      if (way === undefined) continue;
      const message = way.length === 0
        ? `"${name}" stands for its own name; name another model, or take it out`
        : `"${name}" leads back to itself, through ${
          way.join(" and ")
        }; name a model at one of them`;
      addIssue({ code: "custom", path: [name], message });
    }
  }).default({}).describe(
    "Other names of models, as `alias=model` or `alias=upstream/model`, split by commas. Several targets, split by `|`, are tried in order until one answers.",
  ).meta({ variable: "MODEL_ALIASES" }),
  sessionAffinity: z.enum(["on", "off"]).default("on").describe(
    "Keep a conversation on one target of an alias whose targets have weights, and on one of a provider's keys, by the session that its client names or by its beginning, until that target or key fails.",
  ).meta({ variable: "SESSION_AFFINITY" }),
  unknownModels: z.enum(["auto", "warn", "refuse"]).default("auto").describe(
    "What becomes of a name that no upstream lists: `warn` sends it to the default upstream and says so in `x-weir-warning` and the log, `refuse` answers 404 with the nearest names, `auto` refuses where the default's list is known to be all it serves, as OpenAI's is.",
  ).meta({ variable: "UNKNOWN_MODELS" }),
}).prefault({});

export type RoutingOptions = z.infer<typeof routingOptions>;
