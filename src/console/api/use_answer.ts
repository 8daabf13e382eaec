/** Answers of the admin API as the state of a component. */

import { useCallback, useEffect, useState } from "preact/hooks";
import { ApiError, ask } from "./request.ts";

export interface Loaded<T> {
  /** The last answer; it stays while the next one is on its way. */
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** Asks whenever the path changes; `undefined` asks nothing. */
export function useAnswer<T>(path: string | undefined, everyMs?: number): Loaded<T> {
  const [data, setData] = useState<T>();
  const [error, setError] = useState<ApiError>();
  const [isLoading, setLoading] = useState(path !== undefined);
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((last) => last + 1), []);
  useEffect(() => {
    if (path === undefined) return;
    const controller = new AbortController();
    setLoading(true);
    ask<T>("GET", path, undefined, controller.signal).then((answer) => {
      setData(() => answer);
      setError(undefined);
    }, (failure) => {
      if (!controller.signal.aborted) setError(asApiError(failure));
    }).finally(() => {
      if (!controller.signal.aborted) setLoading(false);
    });
    return () => controller.abort();
  }, [path, turn]);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => document.hidden || reload(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return { data, error, isLoading, reload };
}

export function asApiError(failure: unknown): ApiError {
  return failure instanceof ApiError ? failure : new ApiError(String(failure), 0);
}
