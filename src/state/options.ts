/** What lasts beyond a request, and where. */

import * as z from "zod";
import { SECRET } from "../core/text/secret.ts";
import { isPostgresAddress, isWholeAddress } from "./state_address.ts";

const MIN_SECRET_CHARACTERS = 32;

export const stateOptions = z.strictObject({
  folder: z.string().min(1).max(4_096).refine(
    (state) => !isPostgresAddress(state) || isWholeAddress(state),
    "must be a folder, or an address such as postgres://user:password@host:5432/weir",
  ).optional().describe(
    "Where the ledger and what else outlives the process is kept: a folder, made where there is none, or for several machines a Postgres, such as `postgres://user:password@host/weir`. Without it the ledger lies in memory. Its `secret` authenticates what clients keep for Weir where `WEIR_SECRET` is not set.",
  ).meta({ variable: "STATE", needsRestart: true }),
  secret: z.string().min(
    MIN_SECRET_CHARACTERS,
    `must have ${MIN_SECRET_CHARACTERS} characters or more, which nobody can guess`,
  ).max(1_024).optional().describe(
    "Secret of the installation, the same on each of its machines; without it and without `STATE` each process makes its own, and what clients keep of another one counts as foreign.",
  ).meta({ ...SECRET, variable: "WEIR_SECRET", needsRestart: true }),
}).prefault({});

export type StateOptions = z.output<typeof stateOptions>;
