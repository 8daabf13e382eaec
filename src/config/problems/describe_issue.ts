/** Says what is wrong with a value, and what to write instead, of what zod found. */

import type { z } from "zod";
import { adviceOnOption } from "../gone_options.ts";
import {
  freelyNamedOption,
  namedOptions,
  type OptionPath,
  type OptionSchema,
  schemaAt,
} from "../option_tree.ts";
import { gatewayVariables } from "../sources/variables.ts";
import { expectationOf } from "./expectation.ts";
import { nearestName } from "./nearest_name.ts";
import { MAX_PROBLEMS } from "./problem.ts";

/** What is known of the value that an issue is about. */
export interface IssueContext {
  /** Schema of the whole. */
  readonly root: OptionSchema;
  /** The value at a path; `undefined` where there is none. */
  readonly valueAt: (path: OptionPath) => unknown;
  /** Whether what is written there is in seconds. */
  readonly isInSeconds: (path: OptionPath) => boolean;
}

/** A mistake and the option that it is in. */
export interface Mistake {
  readonly path: OptionPath;
  readonly message: string;
}

/** zod's own messages; any other was written for the option and says what it wants. */
const OWN_MESSAGE = /^(Invalid|Too|Unrecognized)\b/;

/** One mistake for each thing to be mended. The value itself is not repeated: it may be a key. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  context: IssueContext,
  parent: OptionPath = [],
): readonly Mistake[] {
  const path = [...parent, ...issue.path.map(String)];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.slice(0, MAX_PROBLEMS).map((key) => ({
        path: [...path, key],
        message: unknownOption(key, path, context.root),
      }));
    case "invalid_union":
      return describeUnion(issue, path, context);
    case "invalid_key":
      return [{ path, message: `cannot be a name here: it ${describeName(issue.issues)}` }];
    default:
      return [{
        path,
        message: OWN_MESSAGE.test(issue.message)
          ? describeValue(issue, path, context)
          : issue.message,
      }];
  }
}

function describeValue(
  issue: z.core.$ZodIssue,
  path: OptionPath,
  { root, valueAt, isInSeconds }: IssueContext,
): string {
  const bound = describeBound(issue);
  if (bound !== undefined) return bound;
  if (issue.code === "invalid_format" && issue.format === "regex") {
    return `must match ${issue.pattern}`;
  }
  const expected = expectationOf(schemaAt(path, root), path.at(-1) ?? "", isInSeconds(path));
  return valueAt(path) === undefined ? `is missing; it must be ${expected}` : `must be ${expected}`;
}

/** Bounds of lengths; those of numbers are part of what is expected. */
function describeBound(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code !== "too_small" && issue.code !== "too_big") return undefined;
  const unit = issue.origin === "string" ? "characters" : issue.origin === "array" ? "items" : "";
  if (unit === "") return undefined;
  if (issue.code === "too_big") return `must have ${issue.maximum} ${unit} at the most`;
  return issue.minimum === 1
    ? "must not be empty; write a value or take it out"
    : `must have ${issue.minimum} ${unit} at least`;
}

function describeName([issue]: readonly z.core.$ZodIssue[]): string {
  if (issue === undefined) return "is not valid";
  if (!OWN_MESSAGE.test(issue.message)) return issue.message;
  if (issue.code === "invalid_format") return `must match ${issue.pattern}`;
  return describeBound(issue) ?? "is not valid";
}

/** Of the forms that a value may have, the one that fits it furthest is the one that was meant. */
function describeUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: OptionPath,
  context: IssueContext,
): readonly Mistake[] {
  const depthOf = (issues: readonly z.core.$ZodIssue[]): number =>
    Math.max(0, ...issues.map((inner) => inner.path.length + (isOfMembers(inner) ? 1 : 0)));
  const meant = issue.errors.toSorted((left, right) => depthOf(right) - depthOf(left))[0] ?? [];
  if (depthOf(meant) > 0) return meant.flatMap((inner) => describeIssue(inner, context, path));
  return [{
    path,
    message: OWN_MESSAGE.test(issue.message) ? describeValue(issue, path, context) : issue.message,
  }];
}

function isOfMembers({ code }: z.core.$ZodIssue): boolean {
  return code === "unrecognized_keys";
}

function unknownOption(key: string, group: OptionPath, root: OptionSchema): string {
  const advice = adviceOnOption([...group, key]);
  if (advice !== undefined) return advice;
  const options = namedOptions(schemaAt(group, root));
  const names = Object.keys(options);
  const near = suggestOption(key, names, root);
  if (near !== undefined) return `there is no such option; did you mean "${near}"?`;
  if (names.length === 0) return "there is no such option; take it out";
  const free = names.find((name) => freelyNamedOption(options[name] ?? {}) !== undefined);
  const hint = free === undefined
    ? ""
    : `; names of your own belong into "${[...group, free].join(".")}"`;
  return `there is no such option; there are ${names.join(", ")}${hint}`;
}

/** What an option that is not in a group was meant to be: the name of another there, or a dotted path. */
function suggestOption(
  name: string,
  group: readonly string[],
  root: OptionSchema,
): string | undefined {
  const isSame = (other: string | undefined): boolean =>
    other?.toLowerCase() === name.toLowerCase();
  const paths = pathsOf(root, []);
  const here = group.find(isSame);
  const elsewhere = gatewayVariables().find((variable) => variable.name === name)?.path ??
    paths.find((path) => isSame(path.at(-1)));
  const near = nearestName(name, paths.map((path) => path.at(-1) ?? ""));
  return here ?? elsewhere?.join(".") ?? nearestName(name, group) ??
    paths.find((path) => path.at(-1) === near)?.join(".");
}

function pathsOf(schema: OptionSchema, path: readonly string[]): readonly (readonly string[])[] {
  return Object.entries(namedOptions(schema)).flatMap(([name, option]) => {
    const inner = [...path, name];
    return [inner, ...pathsOf(option, inner)];
  });
}
