/** Options of earlier versions that are gone, and what whoever set one has to do. */

interface GoneOption {
  readonly variable: string;
  /** In the configuration file, dotted. */
  readonly path: string;
  readonly advice: string;
}

const GONE_OPTIONS: readonly GoneOption[] = [
  {
    variable: "HTTP_CLIENT",
    path: "transport.client",
    advice: "is gone: Weir has one HTTP client, its own; take the setting out",
  },
];

/** What to do about a variable, where it is gone. */
export function adviceOnVariable(name: string): string | undefined {
  return GONE_OPTIONS.find(({ variable }) => variable === name)?.advice;
}

/** The same for an option of the file. */
export function adviceOnOption(path: readonly string[]): string | undefined {
  const dotted = path.join(".");
  return GONE_OPTIONS.find((option) => option.path === dotted)?.advice;
}
