/** What a button sets off: it runs once at a time, and its failure is shown. */

import { useState } from "preact/hooks";
import type { ApiError } from "../api/request.ts";
import { asApiError } from "../api/use_answer.ts";

export interface Task {
  readonly isRunning: boolean;
  readonly error: ApiError | undefined;
  readonly run: (work: () => Promise<unknown>) => Promise<void>;
}

export function useTask(): Task {
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    if (isRunning) return;
    setRunning(true);
    setError(undefined);
    await work().catch((failure) => setError(asApiError(failure)));
    setRunning(false);
  };
  return { isRunning, error, run };
}
